"""The method: the best matching of a matrix of scores, with its proofs."""
