-- When an account first used a personal link of the person, which was sent to the registered number. Null: never.
ALTER TABLE portal_people ADD COLUMN link_used_at bigint;
