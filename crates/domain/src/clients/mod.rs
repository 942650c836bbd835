//! Clients: the record, the list, the bin, the history.
