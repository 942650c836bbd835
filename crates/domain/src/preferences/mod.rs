//! What each user chose for themselves: columns, saved views, theme.
