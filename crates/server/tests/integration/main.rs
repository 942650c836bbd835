//! Behaviour through the front door, on both engines, with the clock in hand.

#[macro_use]
mod support;

mod frame;
