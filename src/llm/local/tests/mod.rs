//! On files with random weights that the tests write themselves.

mod damage;
mod files;
mod guard;
mod thread;
mod voice;
