-- Open alerts of a channel are told again and again to receivers that forget; a replay is told in one digest when it is over.
CREATE INDEX alerts_open ON alerts (channel, opened_at, id) WHERE state = 'open';

CREATE TABLE replays (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  began_at BIGINT NOT NULL,
  versions BIGINT NOT NULL,
  told_at BIGINT
);
CREATE INDEX replays_under_way ON replays (began_at) WHERE told_at IS NULL;
