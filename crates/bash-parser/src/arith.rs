//! Arithmetic text to a tree.
