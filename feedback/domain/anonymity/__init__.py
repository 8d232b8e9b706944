"""What may be shown of answers that are nobody's: pure functions over sets of respondents.

`audit` decides exactly which groups may be shown together, `classes` how coarsely a shown group
speaks, and `rounds` which groups are left out of one round because of the round before.
"""
