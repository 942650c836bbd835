//! Alerts: due at their second, told to someone, kept in history.
