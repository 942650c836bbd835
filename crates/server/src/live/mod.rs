//! Open pages hear of changes at once.

use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
}
