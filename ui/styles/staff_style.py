"""The look of the staff desk: its navigation, long tables, comparisons side by side."""

from __future__ import annotations

STYLE = """
.desk { display: grid; grid-template-columns: 238px minmax(0, 1fr); gap: 14px; max-width: 1440px;
  margin: 0 auto; padding: 26px 24px 64px; align-items: start; }
.desk-nav { position: sticky; top: 20px; display: flex; flex-direction: column; gap: 2px; }
.desk-nav a { display: flex; align-items: center; gap: 9px; min-height: 44px; padding: 8px 10px;
  border-radius: 10px; color: var(--ink); text-decoration: none; font-weight: 500; }
.desk-nav a .q-icon { font-size: 21px; color: var(--quiet); }
.desk-nav a:hover { background: var(--soft); }
.desk-nav a[aria-current="page"] { background: var(--soft); font-weight: 700;
  box-shadow: inset 4px 0 0 var(--link); }
.desk-nav a[aria-current="page"] .q-icon { color: var(--link); }
.desk-main { min-width: 0; }
.desk-head { display: flex; align-items: flex-start; gap: 12px 18px; flex-wrap: wrap;
  margin-bottom: 18px; }
.desk-head > div:first-child { flex: 1; min-width: min(100%, 320px); }
.desk-head .button-like { margin-top: 0; }
.desk-head .lead { margin: 4px 0 0; max-width: 720px; }
.bar a.desk-link { display: inline-flex; align-items: center; gap: 8px; min-height: 44px;
  padding: 0 12px; color: #fff; text-decoration: none; font-weight: 600; border-radius: 8px;
  white-space: nowrap; }
.bar a.desk-link:hover { background: rgb(255 255 255 / 14%); }
.bar a.desk-link .q-icon { font-size: 22px; }
.desk-cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr));
  gap: 14px; }
.desk-cards a { display: flex; gap: 14px; padding: 18px; border-radius: 14px; color: var(--ink);
  background: var(--paper); border: 1px solid var(--line); text-decoration: none; }
.desk-cards a:hover { border-color: var(--link); }
.desk-cards a > .q-icon { font-size: 28px; color: var(--link); }
.desk-cards b, .desk-cards small { display: block; }
.desk-cards small { color: var(--quiet); font-size: 14px; line-height: 1.4; margin-top: 2px; }
.desk-cards .tag { margin-top: 8px; }
.tag.waiting { background: var(--warn-soft); color: var(--warn-ink); font-weight: 600; }
.desk .tag { border-radius: 10px; }
.tag.over { text-decoration: line-through; }

.paged { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; }
.paged-filter { display: flex; flex-wrap: wrap; gap: 12px; padding: 16px 16px 12px;
  border-bottom: 1px solid var(--line); }
.paged-filter .q-field { flex: 1 1 190px; max-width: 300px; }
.paged-filter .q-field.search { flex: 2 1 300px; max-width: 520px; }
.paged-scroll { overflow-x: auto; }
.paged table.plain th, .paged table.plain td { padding: 10px 14px; }
.paged table.plain thead th { white-space: nowrap; vertical-align: middle; }
.paged table.plain tbody tr:last-child td { border-bottom: 0; }
.paged table.plain tbody tr:hover { background: var(--soft); }
.paged td { overflow-wrap: anywhere; }
.paged td small, .desk-main .card td small { display: block; color: var(--quiet);
  font-size: 14px; line-height: 1.35; }
/* an address is not broken while there is room for it */
@media (min-width: 1024px) { .paged td small { overflow-wrap: break-word; } }
.paged td.tight { white-space: nowrap; }
.paged th button { border: 0; background: none; padding: 4px 0; font: inherit; color: inherit;
  cursor: pointer; min-height: 28px; display: inline-flex; align-items: center; gap: 4px; }
.paged th button::after { content: "↕" / ""; opacity: .55; font-weight: 400; }
.paged th[aria-sort="ascending"] button::after { content: "↑" / ""; opacity: 1; font-weight: 700; }
.paged th[aria-sort="descending"] button::after { content: "↓" / ""; opacity: 1; font-weight: 700; }
.paged th[aria-sort="ascending"], .paged th[aria-sort="descending"] { color: var(--ink); }
.paged-foot { display: flex; align-items: center; gap: 10px; flex-wrap: wrap; padding: 10px 16px;
  border-top: 1px solid var(--line); }
.paged-foot .quiet { flex: 1; min-width: 160px; }
.paged .empty { padding: 40px 16px; }

.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 8px 20px;
  margin: 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.desk-main > section.card { margin-bottom: 18px; }
.desk-main .card > h2 { margin-bottom: 12px; }
.desk-main .card table.plain th, .desk-main .card table.plain td { padding-left: 0; }
.back { display: inline-flex; align-items: center; gap: 4px; margin-bottom: 10px; }
.compared td { overflow-wrap: anywhere; }
.compared td.differs { background: var(--warn-soft); color: var(--warn-ink); font-weight: 600; }
.compared td.differs::after { content: " ≠"; }
.release { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center; padding: 12px 0;
  border-bottom: 1px solid var(--line); }
.release:last-child { border-bottom: 0; padding-bottom: 0; }
.release .what { flex: 1; min-width: min(100%, 280px); }
.release .what b { margin-right: 10px; }
.chain { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 20px; padding: 16px 20px; }
.chain > div { flex: 1; min-width: min(100%, 320px); }
.chain h2 { margin-bottom: 2px !important; }
.findings { list-style: none; margin: 0 0 6px; padding: 0; }
.findings li { display: flex; gap: 12px; padding: 10px 0; border-top: 1px solid var(--line); }
.findings:first-child li:first-child { border-top: 0; }
.findings li > div { display: grid; grid-template-columns: 150px minmax(0, 1fr); flex: 1;
  gap: 2px 16px; overflow-wrap: anywhere; }
.findings small { grid-column: 2; color: var(--quiet); font-size: 14px; }
.findings .q-icon { font-size: 22px; color: #1b7a43; }
.findings.weak .q-icon { color: #b26a00; }
.findings.bad .q-icon { color: var(--danger); }
.tag.danger { background: var(--danger); color: var(--paper); font-weight: 600; }

.desk-main .sections > section.card { margin-bottom: 18px; }
.flags { display: flex; flex-wrap: wrap; gap: 4px; }
.timeline { list-style: none; margin: 0; padding: 0; }
.timeline li { display: flex; gap: 14px; padding: 5px 0; }
.timeline time { flex: none; font-variant-numeric: tabular-nums; }

@media (max-width: 1023px) {
  .desk { grid-template-columns: minmax(0, 1fr); gap: 16px; padding: 0 16px 48px; }
  .desk-nav { position: static; flex-direction: row; gap: 4px; overflow-x: auto; margin: 0 -16px;
    padding: 8px 16px; background: var(--paper); border-bottom: 1px solid var(--line); }
  .desk-nav a { flex: none; padding: 8px 12px; gap: 8px; }
  /* where one is stays in sight, however far the row is scrolled */
  .desk-nav a[aria-current="page"] { box-shadow: inset 0 -3px 0 var(--link); position: sticky;
    left: 0; right: 0; z-index: 1; }
}
@media (max-width: 599px) {
  .bar a.desk-link span { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .paged table.plain thead { position: static; display: block; padding: 10px 14px 0; }
  .paged table.plain thead tr { display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0 0 8px; }
  .paged table.plain thead th { padding: 0; border: 0; }
  .paged table.plain thead th:not([aria-sort]) { display: none; }
  .paged table.plain tbody tr { padding: 10px 0; }
  .paged table.plain td { padding: 2px 14px; }
  /* an address is not broken while there is room for it */
@media (min-width: 1024px) { .paged td small { overflow-wrap: break-word; } }
.paged td.tight { white-space: normal; }
  .findings li > div { grid-template-columns: minmax(0, 1fr); }
  .findings small { grid-column: 1; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .facts dd { margin-bottom: 8px; }
  .compared tbody th { display: block; padding: 8px 8px 0; border: 0; }
}
"""
