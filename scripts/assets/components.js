// The three of Tabler's script parts that the pages use; each one wires up its own data-bs-toggle on load.
// All of Tabler's script would take a third of the page budget.
import "../../node_modules/@tabler/core/js/src/bootstrap/collapse.ts";
import "../../node_modules/@tabler/core/js/src/bootstrap/dropdown.ts";
import "../../node_modules/@tabler/core/js/src/bootstrap/offcanvas.ts";
