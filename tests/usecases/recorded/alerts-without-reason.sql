BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE "audit" (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	user_id VARCHAR NOT NULL, 
	command VARCHAR NOT NULL, 
	cluster VARCHAR NOT NULL, 
	customer VARCHAR NOT NULL, 
	workflow_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	full_name VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	why TEXT NOT NULL, 
	"before" TEXT NOT NULL, 
	"after" TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	plan_digest VARCHAR DEFAULT '' NOT NULL, 
	change VARCHAR, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-02-22 09:01:00.000000','U0OLIVIA','ack','voice-prod','hilton','backfill-hilton-2026-01-01-2026-02-21','hilton','voice-prod/hilton','done','','not acknowledged','acknowledged','','',NULL);
INSERT INTO "audit" VALUES(2,'2026-02-22 09:24:00.000000','U0OLIVIA','snooze','voice-prod','marriott','backfill-marriott-2026-01-01-2026-02-21','marriott','voice-prod/marriott','done','','not snoozed','snoozed until it changes','','',NULL);
CREATE TABLE deliveries (
	id VARCHAR NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id)
);
CREATE TABLE episodes (
	id VARCHAR NOT NULL, 
	cluster VARCHAR NOT NULL, 
	workflow_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	root_key VARCHAR NOT NULL, 
	is_open BOOLEAN NOT NULL, 
	opened_at DATETIME NOT NULL, 
	revision INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_episodes PRIMARY KEY (id)
);
INSERT INTO "episodes" VALUES('5e2e4542f570af21','voice-prod','backfill-hilton-2026-01-01-2026-02-21','run-hilton','episode:5e2e4542f570af21',1,'2026-02-22 09:01:00.000000',3,'{"ref":{"cluster":"voice-prod","workflow_id":"backfill-hilton-2026-01-01-2026-02-21","run_id":"run-hilton"},"customer":"hilton","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-hilton-2026-01-01-2026-02-21/run-hilton","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":3,"cancel_requested":false,"progress":"day 2026-01-04, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:01:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"5e2e4542f570af21","root_key":"episode:5e2e4542f570af21","opened_at":"2026-02-22T09:01:00Z","changed_at":"2026-02-22T09:21:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"U0OLIVIA","quiet":null,"reminders":0,"last_told_at":"2026-02-22T09:01:00Z","ended_at":null,"ending":null,"sequence":null,"group":"","overtaken":null}');
INSERT INTO "episodes" VALUES('ebf665202a5fceba','voice-prod','backfill-vivint-2026-01-01-2026-02-21','run-vivint','episode:ebf665202a5fceba',1,'2026-02-22 09:22:00.000000',3,'{"ref":{"cluster":"voice-prod","workflow_id":"backfill-vivint-2026-01-01-2026-02-21","run_id":"run-vivint"},"customer":"vivint","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-vivint-2026-01-01-2026-02-21/run-vivint","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:21:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"ebf665202a5fceba","root_key":"episode:ebf665202a5fceba","opened_at":"2026-02-22T09:22:00Z","changed_at":"2026-02-22T09:22:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":1,"last_told_at":"2026-02-22T14:27:00Z","ended_at":null,"ending":null,"sequence":null,"group":"ebf665202a5fceba","overtaken":null}');
INSERT INTO "episodes" VALUES('4b272669b5f82119','voice-prod','backfill-marriott-2026-01-01-2026-02-21','run-marriott','episode:ebf665202a5fceba',1,'2026-02-22 09:24:00.000000',2,'{"ref":{"cluster":"voice-prod","workflow_id":"backfill-marriott-2026-01-01-2026-02-21","run_id":"run-marriott"},"customer":"marriott","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-marriott-2026-01-01-2026-02-21/run-marriott","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:22:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"4b272669b5f82119","root_key":"episode:ebf665202a5fceba","opened_at":"2026-02-22T09:24:00Z","changed_at":"2026-02-22T09:24:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":{"by":"U0OLIVIA","until":null},"reminders":0,"last_told_at":"2026-02-22T09:24:00Z","ended_at":null,"ending":null,"sequence":null,"group":"ebf665202a5fceba","overtaken":null}');
INSERT INTO "episodes" VALUES('b6ef6429ed1978c5','voice-prod','backfill-spirit-2026-01-01-2026-02-21','run-spirit','episode:b6ef6429ed1978c5',1,'2026-02-22 09:45:00.000000',2,'{"ref":{"cluster":"voice-prod","workflow_id":"backfill-spirit-2026-01-01-2026-02-21","run_id":"run-spirit"},"customer":"spirit","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-spirit-2026-01-01-2026-02-21/run-spirit","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:44:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"b6ef6429ed1978c5","root_key":"episode:b6ef6429ed1978c5","opened_at":"2026-02-22T09:45:00Z","changed_at":"2026-02-22T09:45:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":0,"last_told_at":"2026-02-22T09:45:00Z","ended_at":null,"ending":null,"sequence":{"spec":{"id":"seq-spirit","cluster":"voice-prod","customer":"spirit","asked":"split","clear":[],"adopt":[],"days":[{"start":"2026-01-01","end":"2026-02-21"}],"sizes":{"days":5,"least":1,"most":5,"target":"PT3H"},"parallel":1,"split_after":2,"on_stuck":"stop","cancel_patience":"PT15M","started_by":"U0OLIVIA","started_at":"2026-02-22T09:45:00Z","reason":"it times out","plan_digest":"abc","thread_key":"episode:b6ef6429ed1978c5"},"phase":"running","running":[{"number":3,"window":{"start":"2026-01-11","end":"2026-01-16"},"started_at":"2026-02-22T17:00:00Z","ref":{"cluster":"voice-prod","workflow_id":"backfill-spirit-2026-01-11-2026-01-16","run_id":"run-1"},"is_adopted":false,"rests_until":null,"is_piece":false,"is_found":false}],"closed":2,"queued":8,"queued_days":36,"complete_days":10,"size":5,"troubled":[],"paused_by":"","end":null,"to_come":[]},"group":"","overtaken":null}');
INSERT INTO "episodes" VALUES('904e253bf2329540','voice-prod','backfill-united-2026-01-01-2026-02-21','run-united','episode:904e253bf2329540',1,'2026-02-22 10:05:00.000000',3,'{"ref":{"cluster":"voice-prod","workflow_id":"backfill-united-2026-01-01-2026-02-21","run_id":"run-united"},"customer":"united","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-united-2026-01-01-2026-02-21/run-united","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":true,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T10:05:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"904e253bf2329540","root_key":"episode:904e253bf2329540","opened_at":"2026-02-22T10:05:00Z","changed_at":"2026-02-22T10:06:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":1,"last_told_at":"2026-02-22T14:27:00Z","ended_at":null,"ending":null,"sequence":null,"group":"","overtaken":null}');
INSERT INTO "episodes" VALUES('89f2430a393c0ec2','voice-prod','backfill-orbitz-2026-01-01-2026-02-21','run-orbitz','episode:89f2430a393c0ec2',0,'2026-02-22 10:26:00.000000',2,'{"ref":{"cluster":"voice-prod","workflow_id":"backfill-orbitz-2026-01-01-2026-02-21","run_id":"run-orbitz"},"customer":"orbitz","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-orbitz-2026-01-01-2026-02-21/run-orbitz","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T10:06:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"89f2430a393c0ec2","root_key":"episode:89f2430a393c0ec2","opened_at":"2026-02-22T10:26:00Z","changed_at":"2026-02-22T10:27:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":0,"last_told_at":"2026-02-22T10:26:00Z","ended_at":"2026-02-22T10:27:00Z","ending":"completed","sequence":null,"group":"","overtaken":null}');
CREATE TABLE executions (
	cluster VARCHAR NOT NULL, 
	workflow_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	workflow_type VARCHAR NOT NULL, 
	task_queue VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	hints TEXT NOT NULL, serial INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_executions PRIMARY KEY (cluster, workflow_id, run_id)
);
INSERT INTO "executions" VALUES('voice-prod','backfill-hilton-2026-01-01-2026-02-21','run-hilton','CustomerBackfill','backfill','running','2026-02-21 11:00:00.000000',NULL,'{}',1);
INSERT INTO "executions" VALUES('voice-prod','backfill-marriott-2026-01-01-2026-02-21','run-marriott','CustomerBackfill','backfill','running','2026-02-21 11:00:00.000000',NULL,'{}',2);
INSERT INTO "executions" VALUES('voice-prod','backfill-orbitz-2026-01-01-2026-02-21','run-orbitz','CustomerBackfill','backfill','completed','2026-02-21 11:00:00.000000','2026-02-22 10:26:00.000000','{}',7);
INSERT INTO "executions" VALUES('voice-prod','backfill-spirit-2026-01-01-2026-02-21','run-spirit','CustomerBackfill','backfill','running','2026-02-21 11:00:00.000000',NULL,'{}',4);
INSERT INTO "executions" VALUES('voice-prod','backfill-united-2026-01-01-2026-02-21','run-united','CustomerBackfill','backfill','running','2026-02-21 11:00:00.000000',NULL,'{}',5);
INSERT INTO "executions" VALUES('voice-prod','backfill-vivint-2026-01-01-2026-02-21','run-vivint','CustomerBackfill','backfill','running','2026-02-21 11:00:00.000000',NULL,'{}',6);
CREATE TABLE failures (
	cluster VARCHAR NOT NULL, 
	workflow_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	activity_id VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	message TEXT NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_failures PRIMARY KEY (cluster, workflow_id, run_id, activity_id, attempt, kind)
);
INSERT INTO "failures" VALUES('voice-prod','backfill-hilton-2026-01-01-2026-02-21','run-hilton','1',1,'heartbeat timeout','activity Heartbeat timeout','2026-02-22 09:01:00.000000');
INSERT INTO "failures" VALUES('voice-prod','backfill-hilton-2026-01-01-2026-02-21','run-hilton','1',2,'heartbeat timeout','activity Heartbeat timeout','2026-02-22 09:21:00.000000');
INSERT INTO "failures" VALUES('voice-prod','backfill-vivint-2026-01-01-2026-02-21','run-vivint','1',1,'heartbeat timeout','activity Heartbeat timeout','2026-02-22 09:22:00.000000');
INSERT INTO "failures" VALUES('voice-prod','backfill-marriott-2026-01-01-2026-02-21','run-marriott','1',1,'heartbeat timeout','activity Heartbeat timeout','2026-02-22 09:24:00.000000');
INSERT INTO "failures" VALUES('voice-prod','backfill-spirit-2026-01-01-2026-02-21','run-spirit','1',1,'heartbeat timeout','activity Heartbeat timeout','2026-02-22 09:45:00.000000');
INSERT INTO "failures" VALUES('voice-prod','backfill-united-2026-01-01-2026-02-21','run-united','1',1,'heartbeat timeout','activity Heartbeat timeout','2026-02-22 10:05:00.000000');
INSERT INTO "failures" VALUES('voice-prod','backfill-orbitz-2026-01-01-2026-02-21','run-orbitz','1',1,'heartbeat timeout','activity Heartbeat timeout','2026-02-22 10:26:00.000000');
CREATE TABLE leases (
	name VARCHAR NOT NULL, 
	holder VARCHAR NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
CREATE TABLE observations (
	cluster VARCHAR NOT NULL, 
	workflow_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	activity_id VARCHAR NOT NULL, 
	details TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	touched_at DATETIME NOT NULL, 
	CONSTRAINT pk_observations PRIMARY KEY (cluster, workflow_id, run_id, activity_id)
);
INSERT INTO "observations" VALUES('voice-prod','backfill-hilton-2026-01-01-2026-02-21','run-hilton','1','{"day":"2026-01-04","rows":980,"total":4200}','2026-02-22 09:21:00.000000','2026-02-22 09:21:00.000000');
INSERT INTO "observations" VALUES('voice-prod','backfill-marriott-2026-01-01-2026-02-21','run-marriott','1','{"day":"2026-01-13","rows":980,"total":4200}','2026-02-22 09:00:00.000000','2026-02-22 09:00:00.000000');
INSERT INTO "observations" VALUES('voice-prod','backfill-orbitz-2026-01-01-2026-02-21','run-orbitz','1','{"day":"2026-01-13","rows":980,"total":4200}','2026-02-22 09:00:00.000000','2026-02-22 09:00:00.000000');
INSERT INTO "observations" VALUES('voice-prod','backfill-spirit-2026-01-01-2026-02-21','run-spirit','1','{"day":"2026-01-13","rows":980,"total":4200}','2026-02-22 09:00:00.000000','2026-02-22 09:00:00.000000');
INSERT INTO "observations" VALUES('voice-prod','backfill-united-2026-01-01-2026-02-21','run-united','1','{"day":"2026-01-13","rows":980,"total":4200}','2026-02-22 09:00:00.000000','2026-02-22 09:00:00.000000');
INSERT INTO "observations" VALUES('voice-prod','backfill-vivint-2026-01-01-2026-02-21','run-vivint','1','{"day":"2026-01-13","rows":980,"total":4200}','2026-02-22 09:00:00.000000','2026-02-22 09:00:00.000000');
CREATE TABLE outbox (
	"key" VARCHAR NOT NULL, 
	turn INTEGER NOT NULL, 
	thread_key VARCHAR NOT NULL, 
	broadcast BOOLEAN NOT NULL, 
	body TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	said_revision INTEGER NOT NULL, 
	channel VARCHAR, 
	ts VARCHAR, 
	created_at DATETIME NOT NULL, 
	attempted_at DATETIME, 
	tries INTEGER NOT NULL, 
	next_try_at DATETIME, 
	postponed TEXT, 
	set_aside TEXT, set_aside_at DATETIME, threads INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY ("key")
);
INSERT INTO "outbox" VALUES('episode:5e2e4542f570af21',3,'',0,'{"episode":{"ref":{"cluster":"voice-prod","workflow_id":"backfill-hilton-2026-01-01-2026-02-21","run_id":"run-hilton"},"customer":"hilton","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-hilton-2026-01-01-2026-02-21/run-hilton","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":3,"cancel_requested":false,"progress":"day 2026-01-04, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:01:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"5e2e4542f570af21","root_key":"episode:5e2e4542f570af21","opened_at":"2026-02-22T09:01:00Z","changed_at":"2026-02-22T09:21:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"U0OLIVIA","quiet":null,"reminders":0,"last_told_at":"2026-02-22T09:01:00Z","ended_at":null,"ending":null,"sequence":null,"group":"","overtaken":null,"revision":2},"kind":"episode"}',3,3,'C0BACKFILLS','1771750860.000001','2026-02-22 09:01:00.000000',NULL,0,'2026-02-22 09:21:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:5e2e4542f570af21:attempt:1:1',2,'episode:5e2e4542f570af21',0,'{"name":"hilton","first":1,"last":1,"failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"progress":"day 2026-01-13, 980 of 4,200 rows","seen_at":"2026-02-22T09:01:00Z","next_attempt":2,"alike":0,"kind":"attempts"}',1,1,'C0BACKFILLS','1771750860.000002','2026-02-22 09:01:00.000000',NULL,0,'2026-02-22 09:01:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:5e2e4542f570af21:ack',4,'episode:5e2e4542f570af21',0,'{"name":"hilton","by":"U0OLIVIA","kind":"ack"}',1,1,'C0BACKFILLS','1771752060.000003','2026-02-22 09:01:00.000000',NULL,0,'2026-02-22 09:21:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:5e2e4542f570af21:attempt:1:2',5,'episode:5e2e4542f570af21',0,'{"name":"hilton","first":2,"last":2,"failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"progress":"day 2026-01-13, 980 of 4,200 rows","seen_at":"2026-02-22T09:21:00Z","next_attempt":3,"alike":0,"kind":"attempts"}',1,1,'C0BACKFILLS','1771752060.000004','2026-02-22 09:21:00.000000',NULL,0,'2026-02-22 09:21:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:ebf665202a5fceba',8,'',0,'{"cluster":"voice-prod","names":["marriott","vivint"],"over":0,"opened_at":"2026-02-22T09:22:00Z","completed":0,"latest_at":"2026-02-22T09:24:00Z","is_large":false,"kind":"storm"}',2,2,'C0BACKFILLS','1771752120.000005','2026-02-22 09:24:00.000000',NULL,0,'2026-02-22 09:24:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:ebf665202a5fceba:attempt:1:1',7,'episode:ebf665202a5fceba',0,'{"name":"vivint","first":1,"last":1,"failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"progress":"day 2026-01-13, 980 of 4,200 rows","seen_at":"2026-02-22T09:22:00Z","next_attempt":2,"alike":0,"kind":"attempts"}',1,1,'C0BACKFILLS','1771752120.000006','2026-02-22 09:22:00.000000',NULL,0,'2026-02-22 09:22:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:ebf665202a5fceba:alert',25,'episode:ebf665202a5fceba',0,'{"episode":{"ref":{"cluster":"voice-prod","workflow_id":"backfill-vivint-2026-01-01-2026-02-21","run_id":"run-vivint"},"customer":"vivint","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-vivint-2026-01-01-2026-02-21/run-vivint","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:21:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"ebf665202a5fceba","root_key":"episode:ebf665202a5fceba","opened_at":"2026-02-22T09:22:00Z","changed_at":"2026-02-22T09:22:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":1,"last_told_at":"2026-02-22T14:27:00Z","ended_at":null,"ending":null,"sequence":null,"group":"ebf665202a5fceba","overtaken":null,"revision":2},"kind":"episode"}',2,1,'C0BACKFILLS','1771752240.000007','2026-02-22 14:27:00.000000',NULL,0,'2026-02-22 09:24:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:4b272669b5f82119',12,'episode:ebf665202a5fceba',0,'{"episode":{"ref":{"cluster":"voice-prod","workflow_id":"backfill-marriott-2026-01-01-2026-02-21","run_id":"run-marriott"},"customer":"marriott","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-marriott-2026-01-01-2026-02-21/run-marriott","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:22:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"4b272669b5f82119","root_key":"episode:ebf665202a5fceba","opened_at":"2026-02-22T09:24:00Z","changed_at":"2026-02-22T09:24:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":{"by":"U0OLIVIA","until":null},"reminders":0,"last_told_at":"2026-02-22T09:24:00Z","ended_at":null,"ending":null,"sequence":null,"group":"ebf665202a5fceba","overtaken":null,"revision":1},"kind":"episode"}',2,2,'C0BACKFILLS','1771752240.000008','2026-02-22 09:24:00.000000',NULL,0,'2026-02-22 09:44:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:4b272669b5f82119:attempt:1:1',11,'episode:ebf665202a5fceba',0,'{"name":"marriott (Jan 1 → Feb 21)","first":1,"last":1,"failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"progress":"day 2026-01-13, 980 of 4,200 rows","seen_at":"2026-02-22T09:24:00Z","next_attempt":2,"alike":0,"kind":"attempts"}',1,1,'C0BACKFILLS','1771752240.000009','2026-02-22 09:24:00.000000',NULL,0,'2026-02-22 09:24:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:4b272669b5f82119:snooze:2026-02-22T09:24:00+00:00',13,'episode:ebf665202a5fceba',0,'{"name":"marriott (Jan 1 → Feb 21)","by":"U0OLIVIA","until":null,"kind":"snooze"}',1,1,'C0BACKFILLS','1771753440.000010','2026-02-22 09:24:00.000000',NULL,0,'2026-02-22 09:44:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:b6ef6429ed1978c5',16,'',0,'{"episode":{"ref":{"cluster":"voice-prod","workflow_id":"backfill-spirit-2026-01-01-2026-02-21","run_id":"run-spirit"},"customer":"spirit","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-spirit-2026-01-01-2026-02-21/run-spirit","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T09:44:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"b6ef6429ed1978c5","root_key":"episode:b6ef6429ed1978c5","opened_at":"2026-02-22T09:45:00Z","changed_at":"2026-02-22T09:45:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":0,"last_told_at":"2026-02-22T09:45:00Z","ended_at":null,"ending":null,"sequence":{"spec":{"id":"seq-spirit","cluster":"voice-prod","customer":"spirit","asked":"split","clear":[],"adopt":[],"days":[{"start":"2026-01-01","end":"2026-02-21"}],"sizes":{"days":5,"least":1,"most":5,"target":"PT3H"},"parallel":1,"split_after":2,"on_stuck":"stop","cancel_patience":"PT15M","started_by":"U0OLIVIA","started_at":"2026-02-22T09:45:00Z","reason":"it times out","plan_digest":"abc","thread_key":"episode:b6ef6429ed1978c5"},"phase":"running","running":[{"number":3,"window":{"start":"2026-01-11","end":"2026-01-16"},"started_at":"2026-02-22T17:00:00Z","ref":{"cluster":"voice-prod","workflow_id":"backfill-spirit-2026-01-11-2026-01-16","run_id":"run-1"},"is_adopted":false,"rests_until":null,"is_piece":false,"is_found":false}],"closed":2,"queued":8,"queued_days":36,"complete_days":10,"size":5,"troubled":[],"paused_by":"","end":null,"to_come":[]},"group":"","overtaken":null,"revision":1},"kind":"episode"}',2,2,'C0BACKFILLS','1771753500.000011','2026-02-22 09:45:00.000000',NULL,0,'2026-02-22 10:05:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:b6ef6429ed1978c5:attempt:1:1',15,'episode:b6ef6429ed1978c5',0,'{"name":"spirit","first":1,"last":1,"failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"progress":"day 2026-01-13, 980 of 4,200 rows","seen_at":"2026-02-22T09:45:00Z","next_attempt":2,"alike":0,"kind":"attempts"}',1,1,'C0BACKFILLS','1771753500.000012','2026-02-22 09:45:00.000000',NULL,0,'2026-02-22 09:45:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:904e253bf2329540',27,'',0,'{"episode":{"ref":{"cluster":"voice-prod","workflow_id":"backfill-united-2026-01-01-2026-02-21","run_id":"run-united"},"customer":"united","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-united-2026-01-01-2026-02-21/run-united","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":true,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T10:05:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"904e253bf2329540","root_key":"episode:904e253bf2329540","opened_at":"2026-02-22T10:05:00Z","changed_at":"2026-02-22T10:06:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":1,"last_told_at":"2026-02-22T14:27:00Z","ended_at":null,"ending":null,"sequence":null,"group":"","overtaken":null,"revision":2},"kind":"episode"}',3,2,'C0BACKFILLS','1771754700.000013','2026-02-22 14:27:00.000000',NULL,0,'2026-02-22 10:06:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:904e253bf2329540:attempt:1:1',18,'episode:904e253bf2329540',0,'{"name":"united","first":1,"last":1,"failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"progress":"day 2026-01-13, 980 of 4,200 rows","seen_at":"2026-02-22T10:05:00Z","next_attempt":2,"alike":0,"kind":"attempts"}',1,1,'C0BACKFILLS','1771754700.000014','2026-02-22 10:05:00.000000',NULL,0,'2026-02-22 10:05:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:904e253bf2329540:cancel',20,'episode:904e253bf2329540',0,'{"name":"united","kind":"cancel"}',1,1,'C0BACKFILLS','1771754760.000015','2026-02-22 10:06:00.000000',NULL,0,'2026-02-22 10:06:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:89f2430a393c0ec2',23,'',0,'{"episode":{"ref":{"cluster":"voice-prod","workflow_id":"backfill-orbitz-2026-01-01-2026-02-21","run_id":"run-orbitz"},"customer":"orbitz","window":{"start":"2026-01-01","end":"2026-02-21"},"link":"https://temporal.test/backfill-orbitz-2026-01-01-2026-02-21/run-orbitz","started_at":"2026-02-21T11:00:00Z","health":"struggling","attempt":2,"cancel_requested":false,"progress":"day 2026-01-13, 980 of 4,200 rows","last_heartbeat_at":"2026-02-22T10:06:00Z","last_failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"id":"89f2430a393c0ec2","root_key":"episode:89f2430a393c0ec2","opened_at":"2026-02-22T10:26:00Z","changed_at":"2026-02-22T10:27:00Z","activity_id":"1","reached":"day 2026-01-13, 980 of 4,200 rows","acked_by":"","quiet":null,"reminders":0,"last_told_at":"2026-02-22T10:26:00Z","ended_at":"2026-02-22T10:27:00Z","ending":"completed","sequence":null,"group":"","overtaken":null,"revision":1},"kind":"episode"}',2,2,'C0BACKFILLS','1771755960.000016','2026-02-22 10:27:00.000000',NULL,0,'2026-02-22 10:27:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:89f2430a393c0ec2:attempt:1:1',22,'episode:89f2430a393c0ec2',0,'{"name":"orbitz","first":1,"last":1,"failure":{"kind":"heartbeat timeout","message":"activity Heartbeat timeout"},"progress":"day 2026-01-13, 980 of 4,200 rows","seen_at":"2026-02-22T10:26:00Z","next_attempt":2,"alike":0,"kind":"attempts"}',1,1,'C0BACKFILLS','1771755960.000017','2026-02-22 10:26:00.000000',NULL,0,'2026-02-22 10:26:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:89f2430a393c0ec2:end',24,'episode:89f2430a393c0ec2',0,'{"name":"orbitz","ending":"completed","attempt":2,"opened_at":"2026-02-22T10:26:00Z","ended_at":"2026-02-22T10:27:00Z","window":{"start":"2026-01-01","end":"2026-02-21"},"kind":"end"}',1,1,'C0BACKFILLS','1771756020.000018','2026-02-22 10:27:00.000000',NULL,0,'2026-02-22 10:27:03.000000',NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:ebf665202a5fceba:reminder:1',26,'episode:ebf665202a5fceba',1,'{"name":"vivint (Jan 1 → Feb 21)","attempt":2,"opened_at":"2026-02-22T09:22:00Z","after_snooze":false,"kind":"reminder"}',1,0,NULL,NULL,'2026-02-22 14:27:00.000000',NULL,0,NULL,NULL,NULL,NULL,0);
INSERT INTO "outbox" VALUES('episode:904e253bf2329540:reminder:1',28,'episode:904e253bf2329540',1,'{"name":"united","attempt":2,"opened_at":"2026-02-22T10:05:00Z","after_snooze":false,"kind":"reminder"}',1,0,NULL,NULL,'2026-02-22 14:27:00.000000',NULL,0,NULL,NULL,NULL,NULL,0);
CREATE TABLE readings (
	cluster VARCHAR NOT NULL, 
	types TEXT NOT NULL, 
	begun_at DATETIME NOT NULL, 
	latest DATETIME, 
	told_at DATETIME, 
	sure_until DATETIME, 
	rest_until DATETIME, 
	is_whole BOOLEAN NOT NULL, 
	CONSTRAINT pk_readings PRIMARY KEY (cluster)
);
INSERT INTO "readings" VALUES('voice-prod','["CustomerBackfill"]','2026-02-22 09:00:00.000000','2026-02-22 10:26:00.000000','2026-02-22 10:27:00.000000','2026-02-22 10:26:00.000000',NULL,1);
CREATE TABLE sightings (
	cluster VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_sightings PRIMARY KEY (cluster)
);
INSERT INTO "sightings" VALUES('voice-prod','2026-02-22 14:27:00.000000');
CREATE TABLE snapshots (
	id INTEGER NOT NULL, 
	taken_at DATETIME NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_snapshots PRIMARY KEY (id)
);
CREATE INDEX ix_observations_touched_at ON observations (touched_at);
CREATE INDEX ix_episodes_root_key ON episodes (root_key);
CREATE INDEX ix_episodes_is_open_cluster ON episodes (is_open, cluster);
CREATE INDEX ix_outbox_turn ON outbox (turn);
CREATE INDEX ix_outbox_thread_key ON outbox (thread_key);
CREATE INDEX ix_outbox_waiting ON outbox (turn) WHERE said_revision < revision;
CREATE INDEX ix_audit_full_name ON audit (full_name);
CREATE INDEX ix_audit_name ON audit (name);
CREATE UNIQUE INDEX ix_audit_change ON audit (change);
CREATE INDEX ix_deliveries_seen_at ON deliveries (seen_at);
CREATE UNIQUE INDEX ix_executions_cluster_serial ON executions (cluster, serial);
COMMIT;
