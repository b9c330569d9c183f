//! The whole system as its users meet it: the built binary, its output, its pages in a browser, its documents.
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod check;
#[cfg(test)]
mod check_page;
#[cfg(test)]
mod check_sarif;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod compose;
#[cfg(test)]
mod console;
#[cfg(test)]
mod console_acts;
#[cfg(test)]
mod console_trends;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod exposition;
#[cfg(test)]
mod failpoints;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod licence;
#[cfg(test)]
mod monitoring;
#[cfg(test)]
mod operating;
#[cfg(test)]
mod poison;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod receiver;
#[cfg(test)]
mod season;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod units;
