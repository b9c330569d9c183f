//! The private servers do what tests ask of them, and nothing of them stays.
#[cfg(test)]
mod broker;
#[cfg(test)]
mod database;
#[cfg(test)]
mod nothing_stays;
#[cfg(test)]
mod prometheus;
