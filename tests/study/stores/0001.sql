BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE entry (
	"key" VARCHAR(64) NOT NULL, 
	pseudonym VARCHAR(64) NOT NULL, 
	record TEXT NOT NULL, 
	PRIMARY KEY ("key"), 
	FOREIGN KEY(pseudonym) REFERENCES infant ("key")
);
INSERT INTO "entry" VALUES('2','inf-1','{"age_days":0.0,"entry":"growth","head_cm":28.6,"id":"","length_cm":null,"note":"","source":"not captured","weight_kg":null}');
INSERT INTO "entry" VALUES('3','inf-1','{"age_days":91.0,"entry":"growth","head_cm":34.5,"id":"","length_cm":null,"note":"Größe fehlt","source":"not captured","weight_kg":null}');
INSERT INTO "entry" VALUES('5','inf-1','{"age_days":40.0,"entry":"feature","hpo_id":"HP:0001252","id":"","label":"Hypotonia","note":"","present":"yes","resolved_age_days":null,"source":"not captured"}');
INSERT INTO "entry" VALUES('10','inf-1','{"age_days":91.0,"digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","entry":"recording","found":{"analysed_by":"not captured","bilateral":null,"burst_suppression":"not captured","crossing_midline":null,"findings_digest":"","focal":null,"foci":null,"hypsarrhythmia":"not captured","longest_min":null,"migrating":null,"onsets_left":null,"onsets_midline":null,"onsets_right":null,"readable_h":1.5,"seizure_min":0.3,"seizures":1,"simulated":false,"spreading":null,"status":"not captured","status_rule":"not captured"},"id":"","note":"","recorded_h":2.0,"setting":"not captured","source":"not captured","video":"not captured"}');
CREATE TABLE findings (
	"key" VARCHAR(64) NOT NULL, 
	pseudonym VARCHAR(64) NOT NULL, 
	record TEXT NOT NULL, 
	PRIMARY KEY ("key"), 
	FOREIGN KEY(pseudonym) REFERENCES infant ("key"), 
	FOREIGN KEY("key") REFERENCES recording ("key")
);
INSERT INTO "findings" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','inf-1','{"digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","findings":{"seizures":1},"seizures":[{"confidence":null,"onset_hemisphere":null,"path":["O1","T8"],"pattern":"migrating","start_s":1.0,"stop_s":20.0}]}');
CREATE TABLE history (
	number BIGINT NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	subject VARCHAR(16) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	pseudonym VARCHAR(64) NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	previous VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "history" VALUES(1,'2026-11-25T22:50:34.453744+00:00','mk','infant','inf-1','inf-1',NULL,'{"entries":[],"gestation_weeks":32.0,"plurality":"not captured","pseudonym":"inf-1","sex":"female","simulated":false}','0000000000000000000000000000000000000000000000000000000000000000','ba2de6d0de6c68702d37c8531be6db88d1cdb767cc8aa050260918e22ab208ad');
INSERT INTO "history" VALUES(2,'2026-11-25T22:50:34.455482+00:00','mk','entry','2','inf-1',NULL,'{"age_days":0.0,"entry":"growth","head_cm":28.5,"id":"","length_cm":null,"note":"","source":"not captured","weight_kg":null}','ba2de6d0de6c68702d37c8531be6db88d1cdb767cc8aa050260918e22ab208ad','f78dde69989da9385bde52f38a433c4153228891828b2205353589d502b1f451');
INSERT INTO "history" VALUES(3,'2026-11-25T22:50:34.456009+00:00','mk','entry','3','inf-1',NULL,'{"age_days":91.0,"entry":"growth","head_cm":34.5,"id":"","length_cm":null,"note":"Größe fehlt","source":"not captured","weight_kg":null}','f78dde69989da9385bde52f38a433c4153228891828b2205353589d502b1f451','8ffc544c230674973681cdc2f915e32a40d5b272c1a16dd473d94d44484c7089');
INSERT INTO "history" VALUES(4,'2026-11-25T22:50:36.171488+00:00','mk','entry','4','inf-1',NULL,'{"adequate":"not captured","age_days":40.0,"dose":{"amount":5.0,"unit":"mg/kg/day"},"entry":"treatment","id":"","impression":"not captured","name":"phenobarbital","note":"","ongoing":"not captured","source":"not captured","stop_age_days":null,"treatment":"medicine","why_started":"not captured","why_stopped":"not captured"}','8ffc544c230674973681cdc2f915e32a40d5b272c1a16dd473d94d44484c7089','5e14084060f4c2dfa8e978d636c4934fce1384a7a64d4e473f63e6594ad1c88c');
INSERT INTO "history" VALUES(5,'2026-11-25T22:50:36.172175+00:00','mk','entry','5','inf-1',NULL,'{"age_days":40.0,"entry":"feature","hpo_id":"HP:0001252","id":"","label":"Hypotonia","note":"","present":"yes","resolved_age_days":null,"source":"not captured"}','5e14084060f4c2dfa8e978d636c4934fce1384a7a64d4e473f63e6594ad1c88c','221770e6cf6be1181ccbffae1c6db48fd2cb879396e034f7f0d797a02c4ea385');
INSERT INTO "history" VALUES(6,'2026-11-25T22:50:36.199536+00:00','dr b','entry','2','inf-1','{"age_days":0.0,"entry":"growth","head_cm":28.5,"id":"","length_cm":null,"note":"","source":"not captured","weight_kg":null}','{"age_days":0.0,"entry":"growth","head_cm":28.6,"id":"","length_cm":null,"note":"","source":"not captured","weight_kg":null}','221770e6cf6be1181ccbffae1c6db48fd2cb879396e034f7f0d797a02c4ea385','7b5dae4eac29516f222f0bced85651f648224cb22be9d3dab0759cdaaefd7030');
INSERT INTO "history" VALUES(7,'2026-11-25T22:50:36.214811+00:00','mk','entry','4','inf-1','{"adequate":"not captured","age_days":40.0,"dose":{"amount":5.0,"unit":"mg/kg/day"},"entry":"treatment","id":"","impression":"not captured","name":"phenobarbital","note":"","ongoing":"not captured","source":"not captured","stop_age_days":null,"treatment":"medicine","why_started":"not captured","why_stopped":"not captured"}',NULL,'7b5dae4eac29516f222f0bced85651f648224cb22be9d3dab0759cdaaefd7030','0508667b3a914e74bd220a2fdc1fe2f398ad26993368aa1b3eb7e638b788fe99');
INSERT INTO "history" VALUES(8,'2026-11-25T22:50:36.227094+00:00','mk','recording','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','inf-1',NULL,'{"file_format":"EDF","recorded_s":7200,"simulated":false}','0508667b3a914e74bd220a2fdc1fe2f398ad26993368aa1b3eb7e638b788fe99','2e8606bb613046fb2c28d01bd5019e5b4f71717edbbcc0150767bd7d56f47090');
INSERT INTO "history" VALUES(9,'2026-11-25T22:50:36.228271+00:00','mk','findings','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','inf-1',NULL,'{"digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","findings":{"seizures":1},"seizures":[{"confidence":null,"onset_hemisphere":null,"path":["O1","T8"],"pattern":"migrating","start_s":1.0,"stop_s":20.0}]}','2e8606bb613046fb2c28d01bd5019e5b4f71717edbbcc0150767bd7d56f47090','67dbd4020d784d4971403971e4c87340e6816f58dc631e2b0a84ece9ec542c05');
INSERT INTO "history" VALUES(10,'2026-11-25T22:50:36.233235+00:00','mk','entry','10','inf-1',NULL,'{"age_days":91.0,"digest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","entry":"recording","found":{"analysed_by":"not captured","bilateral":null,"burst_suppression":"not captured","crossing_midline":null,"findings_digest":"","focal":null,"foci":null,"hypsarrhythmia":"not captured","longest_min":null,"migrating":null,"onsets_left":null,"onsets_midline":null,"onsets_right":null,"readable_h":1.5,"seizure_min":0.3,"seizures":1,"simulated":false,"spreading":null,"status":"not captured","status_rule":"not captured"},"id":"","note":"","recorded_h":2.0,"setting":"not captured","source":"not captured","video":"not captured"}','67dbd4020d784d4971403971e4c87340e6816f58dc631e2b0a84ece9ec542c05','ebecc88f3ecf288de51363e1699cef1432d6c912a976dc9822704140d3f97246');
INSERT INTO "history" VALUES(11,'2026-11-25T22:50:36.251172+00:00','mk','infant','inf-2','inf-2',NULL,'{"entries":[],"gestation_weeks":null,"plurality":"not captured","pseudonym":"inf-2","sex":"not captured","simulated":false}','ebecc88f3ecf288de51363e1699cef1432d6c912a976dc9822704140d3f97246','c08232372c24b0f288a6874427c9aaaa0eb96512edcca283c680de280b199368');
CREATE TABLE infant (
	"key" VARCHAR(64) NOT NULL, 
	pseudonym VARCHAR(64) NOT NULL, 
	record TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "infant" VALUES('inf-1','inf-1','{"entries":[],"gestation_weeks":32.0,"plurality":"not captured","pseudonym":"inf-1","sex":"female","simulated":false}');
INSERT INTO "infant" VALUES('inf-2','inf-2','{"entries":[],"gestation_weeks":null,"plurality":"not captured","pseudonym":"inf-2","sex":"not captured","simulated":false}');
CREATE TABLE recording (
	"key" VARCHAR(64) NOT NULL, 
	pseudonym VARCHAR(64) NOT NULL, 
	record TEXT NOT NULL, 
	PRIMARY KEY ("key"), 
	FOREIGN KEY(pseudonym) REFERENCES infant ("key")
);
INSERT INTO "recording" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','inf-1','{"file_format":"EDF","recorded_s":7200,"simulated":false}');
CREATE INDEX entry_of_infant ON entry (pseudonym);
CREATE INDEX recording_of_infant ON recording (pseudonym);
CREATE TRIGGER history_UPDATE BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'the history of a study cannot be changed'); END;
CREATE TRIGGER history_DELETE BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'the history of a study cannot be changed'); END;
COMMIT;
