//! What watches the watching: alert rules with their cases, Alertmanager's settings, dashboards and console templates, checked as
//! files and against a running chain whose every number was computed by hand.
mod boards;
mod rules;
mod scene;
mod season;
mod values;
