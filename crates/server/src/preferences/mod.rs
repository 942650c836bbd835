//! What each user chose for themselves.

use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
}
