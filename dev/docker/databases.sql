-- A role and a database of its own for each service that keeps a truth; no role may connect to another's database.
-- Run once by the postgres image, when its volume is new. For trials: outside of them, choose other passwords.
CREATE ROLE musical LOGIN PASSWORD 'musical';
CREATE DATABASE musical OWNER musical;
REVOKE CONNECT ON DATABASE musical FROM PUBLIC;

CREATE ROLE reservation LOGIN PASSWORD 'reservation';
CREATE DATABASE reservation OWNER reservation;
REVOKE CONNECT ON DATABASE reservation FROM PUBLIC;

CREATE ROLE payment LOGIN PASSWORD 'payment';
CREATE DATABASE payment OWNER payment;
REVOKE CONNECT ON DATABASE payment FROM PUBLIC;

CREATE ROLE notification LOGIN PASSWORD 'notification';
CREATE DATABASE notification OWNER notification;
REVOKE CONNECT ON DATABASE notification FROM PUBLIC;
