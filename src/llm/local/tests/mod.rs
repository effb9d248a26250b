//! On files with random weights that the tests write themselves, and on the decoder the program carries.

mod carried;
mod damage;
mod files;
mod forms;
mod guard;
mod memory;
mod names;
mod network;
mod peers;
mod rank;
mod schema;
mod thread;
mod voice;
