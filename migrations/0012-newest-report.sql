-- Reports overtake each other on their way: the newest is the one taken last, not the one that came
-- last.
create index balance_report_newest
  on balance_report (business_id, rail, account, reported_at desc, id desc);

drop index balance_report_latest;
