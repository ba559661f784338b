-- Each log-in forgets the oldest ones, which must not read all the others.
CREATE INDEX portal_sessions_by_time ON portal_sessions (created_at);
CREATE INDEX web_sessions_by_time ON web_sessions (created_at);
CREATE INDEX form_drafts_by_time ON form_drafts (saved_at);
