//! Mail kept in the application when no mail server is set.
