"""The look of what is shared and who has looked: trees, days, the switch between people."""

from __future__ import annotations

STYLE = """
table.plain td.when { min-width: 112px; }
@media (min-width: 1024px) { table.plain td.when { white-space: nowrap; } }
.bar .whose { background: rgb(255 255 255 / 16%); border-radius: 99px; padding: 0 8px 0 12px;
  min-height: 40px; max-width: 46vw; }
.bar .whose .q-btn__content { flex-wrap: nowrap; gap: 6px; }
.bar .whose span span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.presets > .quiet { line-height: 1.35; }
.presets { display: flex; flex-direction: column; gap: 6px; margin: 2px 0; }
.presets .chips, .card-body > .chips { margin-bottom: 0; }
.button-quiet { display: inline-flex; align-items: center; gap: 8px; min-height: 40px;
  padding: 0 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper);
  color: var(--link); font-weight: 600; text-decoration: none; }
.button-quiet .q-icon { font-size: 20px; }
.empty { display: flex; flex-direction: column; align-items: center; text-align: center;
  gap: 6px; padding: 26px 12px; }
.empty .q-icon { font-size: 44px; color: var(--quiet); }
.empty .quiet { max-width: 520px; }
.filter { display: grid; grid-template-columns: 1.4fr 1.2fr 1.2fr auto; gap: 12px;
  align-items: center; margin-bottom: 16px; }
.filter .q-field { min-width: 0; }
.filter .q-field__native span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

.looks h2 { padding: 20px 0 6px; border-bottom: 2px solid var(--line); }
.looks h2:first-child { padding-top: 0; }
.looks ul, .tree ul { list-style: none; margin: 0; padding: 0; }
.looks li { display: grid; grid-template-columns: 32px minmax(0, 1fr) auto; gap: 10px;
  padding: 11px 0; border-bottom: 1px solid var(--line); align-items: start; }
.looks li:last-child { border-bottom: 0; }
.looks li > .q-icon { font-size: 22px; color: var(--quiet); padding-top: 2px; }
.looks small { color: var(--quiet); font-size: 14px; overflow-wrap: anywhere; }
.looks .when { text-align: right; color: var(--quiet); white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.looks .when small { display: block; }
.looks p { overflow-wrap: anywhere; }
.looks li.emergency { background: var(--warn-soft); border-radius: 10px; padding: 11px 12px;
  margin: 4px -12px; border-bottom: 0; }
.looks li.emergency, .looks li.emergency small, .looks li.emergency .q-icon,
.looks li.emergency .when { color: var(--warn-ink); }

.trees { margin-top: 14px; gap: 16px; }
.tree { padding: 18px 20px 8px; }
.tree.carers { margin-top: 26px; }
.tree-head { display: flex; gap: 12px; align-items: flex-start; padding-bottom: 10px;
  border-bottom: 2px solid var(--line); }
.tree-head > .q-icon { font-size: 26px; color: var(--link); }
.tree li { display: grid; grid-template-columns: minmax(0, 1fr) 250px 96px; gap: 14px;
  padding: 13px 0; border-bottom: 1px solid var(--line); align-items: start;
  margin-left: calc(var(--depth, 0) * 30px); position: relative; }
.carers li { grid-template-columns: minmax(0, 1fr) 250px auto; }
.tree li:last-child { border-bottom: 0; }
.tree li.onward::before { content: ""; position: absolute; left: -18px; top: 0; width: 12px;
  height: 25px; border-left: 2px solid var(--line); border-bottom: 2px solid var(--line);
  border-bottom-left-radius: 8px; }
.tree .who b, .tree .who > span, .tree .left b, .tree .left span { display: block;
  overflow-wrap: anywhere; }
.letter-news { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
.letter-news .bad { color: var(--danger); }
.letter-news button { border: 0; background: none; padding: 2px 0; font: inherit;
  font-size: 15px; cursor: pointer; }
.tree .left { font-variant-numeric: tabular-nums; }
.tree .tags { display: flex; flex-wrap: wrap; gap: 6px; padding-top: 5px; }
.tree .acts { display: flex; justify-content: flex-end; gap: 2px; align-items: center; }
.tree .acts .q-btn { min-width: 44px; min-height: 44px; }
.tree .acts .q-btn:not(.danger) { color: var(--link); }
ul.names { margin: 0; padding-left: 22px; font-weight: 600; }

@media (max-width: 820px) {
  .filter { grid-template-columns: 1fr 1fr; }
  .tree li { grid-template-columns: minmax(0, 1fr) 190px 96px; }
  .carers li { grid-template-columns: minmax(0, 1fr) 170px auto; }
}
@media (max-width: 599px) {
  .filter { grid-template-columns: 1fr; }
  .bar .whose { max-width: 46vw; padding: 0 4px 0 10px; }
  .viewer .bar .whose { padding: 0; min-width: 44px; }
  .viewer .bar .whose .q-btn__content > :not(:first-child) { display: none; }
  .tree { padding: 14px 14px 4px; }
  .tree li, .carers li { grid-template-columns: minmax(0, 1fr) auto; row-gap: 6px;
    margin-left: calc(var(--depth, 0) * 18px); }
  .tree li.onward::before { left: -12px; width: 8px; }
  .tree .left { grid-row: 2; grid-column: 1 / -1; }
  .tree .left b, .tree .left span { display: inline; }
  .tree .left span::before { content: " · "; white-space: pre; }
  .tree .left button.plain-link { display: block; }
  .carers .acts { grid-column: 1 / -1; justify-content: flex-start; }
  .looks li { grid-template-columns: 26px minmax(0, 1fr); row-gap: 2px; }
  .looks .when { grid-column: 2; text-align: left; font-size: 14px; }
  .looks .when small { display: inline; padding-left: 8px; }
}
"""
