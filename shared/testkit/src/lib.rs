//! What tests and the demo stand on: invented annual reports with known cells, a fake government site, private servers, a proxy.

pub mod demo;
pub mod proxy;
pub mod receiver;
pub mod reports;
pub mod season;
pub mod servers;
pub mod site;
pub mod smtp;
