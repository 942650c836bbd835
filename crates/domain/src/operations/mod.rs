//! Bulk actions, imports and exports: with progress, a journal, and undo.
