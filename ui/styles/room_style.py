"""The look of what stands around an image, and of the list of exams."""

from __future__ import annotations

STYLE = """
.modality { flex: none; display: inline-flex; flex-direction: column; align-items: center;
  justify-content: center; width: 46px; height: 46px; border-radius: 10px;
  background: var(--soft); color: var(--link); line-height: 1.05; }
.modality .q-icon { font-size: 22px; }
.modality b { font-size: 11px; letter-spacing: .03em; color: var(--ink); }
.q-btn.soft { color: var(--link); background: var(--soft); padding: 4px 10px; min-height: 36px;
  font-size: 14px; }
.q-btn.soft .q-icon { font-size: 19px; margin-right: 6px; }
.tags { display: inline-flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; }
.tag .q-icon { font-size: 15px; margin-right: 3px; }
.tag.strong { background: var(--link); color: var(--paper); font-weight: 600; }
.tag.warn { background: var(--warn-soft); color: var(--warn-ink); font-weight: 600; }
.tag.good { background: var(--soft); color: var(--ink); font-weight: 600; }
.card.large { max-width: 860px; }

/* the exam's head */
.exam-what { display: flex; gap: 12px; align-items: flex-start; }
.exam-what p { line-height: 1.45; }
.exam-what h3 { font-size: 20px; line-height: 1.3; }
.exam-head { display: flex; flex-direction: column; gap: 8px; }
.exam-head h2 { margin-bottom: 2px; overflow-wrap: anywhere; }
.exam-head .exam-what p { color: var(--quiet); font-size: 15px; }
.exam-who b { display: block; line-height: 1.35; }
.exam-head .row { gap: 8px; }
details > summary { cursor: pointer; color: var(--link); font-size: 15px; padding: 4px 0; }
.exam-facts { margin: 4px 0; }
.exam-facts > div { display: grid; grid-template-columns: minmax(96px, 2fr) 3fr; gap: 2px 12px;
  padding: 5px 0; border-bottom: 1px solid var(--line); }
.exam-facts dt { color: var(--quiet); font-size: 15px; line-height: 1.4; }
.exam-facts dd { margin: 0; overflow-wrap: anywhere; line-height: 1.4; }
.exam-facts .term { grid-column: 2; color: var(--quiet); font-size: 13px; }
.info-groups { min-height: 200px; display: flex; flex-direction: column; gap: 18px; }
.info-groups h3 { font-size: 16px; line-height: 1.35; padding-bottom: 4px;
  border-bottom: 2px solid var(--line); }
.wide-facts > div { grid-template-columns: minmax(120px, 5fr) 6fr minmax(0, 5fr); }
.wide-facts .term { grid-column: auto; text-align: right; }
.explained { margin: 6px 0 0; display: grid; grid-template-columns: minmax(120px, 1fr) 3fr;
  gap: 12px 20px; }
.explained dt { font-weight: 600; line-height: 1.45; }
.explained dd { margin: 0; line-height: 1.5; max-width: 62ch; }

.jumps { position: sticky; top: 0; z-index: 2; display: flex; background: var(--paper);
  border-bottom: 1px solid var(--line); padding: 0 6px; overflow-x: auto; scrollbar-width: none;
  justify-content: space-between; }
.jumps a { padding: 10px 4px; min-height: 40px; box-sizing: border-box;
  font-size: 13px; font-weight: 600; text-decoration: none; white-space: nowrap; }
@media (max-width: 1399px) and (min-width: 1024px) {
  .jumps { padding: 0 4px; } .jumps a { padding: 10px 3px; font-size: 12px; }
}
@media (max-width: 1023px) { .jumps { justify-content: flex-start; gap: 8px; } }
.jumps a:hover { box-shadow: inset 0 -3px 0 var(--link); }
.side .part { scroll-margin-top: 40px; }

/* series */
.strip-sum { color: var(--stage-quiet); font-size: 13px; padding: 0 4px; margin: 0; flex: none; }
.thumb .looked { display: block; height: 4px; margin-top: 5px; border-radius: 4px;
  background: var(--stage-line); overflow: hidden; }
.thumb .looked i { display: block; height: 100%; width: 0; background: #5fc3d3; }
.thumb small { display: flex; flex-wrap: wrap; gap: 0 6px; }
.thumb small b { color: var(--stage-ink); }
.thumb:hover { border-color: #3d5560; }
.thumb.chosen:hover { border-color: #f0964b; }

/* priors */
.year { position: relative; padding: 0 0 4px 22px; border: 0 !important; }
.side .timeline .year { padding: 0 0 4px 22px; }
.year::before { content: ""; position: absolute; left: 6px; top: 8px; bottom: -8px; width: 2px;
  background: var(--line); }
.year:last-child::before { bottom: 20px; }
.year h3 { font-size: 14px; color: var(--quiet); line-height: 1.6; }
.year ul { list-style: none; margin: 0; padding: 0; }
.year li { position: relative; display: flex; gap: 4px; align-items: center; margin: 4px 0 8px; }
.year li::before { content: ""; position: absolute; left: -21px; top: 50%; width: 12px;
  height: 12px; margin-top: -6px; border-radius: 50%; background: var(--paper);
  border: 2px solid var(--quiet); box-sizing: border-box; }
.year li.here::before { background: var(--link); border-color: var(--link); }
.year .prior, .prior-here { flex: 1; min-width: 0; display: flex; gap: 10px; align-items: center;
  margin: 0; padding: 8px 10px; border-radius: 10px; border: 1px solid var(--line); }
.prior-here { background: var(--soft); border-color: transparent; }
.prior-here .modality { background: var(--paper); }
.prior-text { min-width: 0; display: block; line-height: 1.35; }
.prior-text b, .prior-text > small { display: block; overflow-wrap: anywhere; }
.prior-text b { font-size: 15px; }
.prior-text small { color: var(--quiet); font-size: 14px; }
.prior .prior-text b { text-decoration: underline; text-decoration-color: var(--line);
  text-underline-offset: 3px; }

/* reports */
.report-list { list-style: none; margin: 0 0 12px; padding: 0; display: flex;
  flex-direction: column; gap: 6px; }
.report-list button { width: 100%; text-align: left; font: inherit; color: var(--ink);
  background: var(--paper); border: 1px solid var(--line); border-radius: 10px; cursor: pointer;
  padding: 8px 12px; display: flex; flex-wrap: wrap; gap: 0 8px; align-items: center; }
.report-list b { flex: 1 1 60%; line-height: 1.35; }
.report-list small { color: var(--quiet); font-size: 14px; flex: 1 1 100%; order: 3; }
.report-list button:hover { border-color: var(--link); }
.report-list .chosen { background: var(--soft); border-color: var(--link);
  box-shadow: inset 4px 0 0 var(--link); }
.report-text { line-height: 1.55; max-width: 68ch; overflow-wrap: anywhere; }
.report-head { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; }
.report-text h3 { font-size: 16px; margin: 2px 0; }
.report-text h4 { font-size: 15px; font-weight: 700; margin: 14px 0 0; line-height: 1.35;
  letter-spacing: 0; }
.report-text.large { font-size: 18px; line-height: 1.65; margin: 0 auto; width: 100%; }
.report-text.large h3 { font-size: 21px; } .report-text.large h4 { font-size: 18px; }
.scroll-across { overflow-x: auto; margin: 8px 0; }

/* the list of exams */
.exam-list-head { display: flex; flex-wrap: wrap; gap: 12px 20px; align-items: center;
  margin: 14px 0 8px; }
.exam-list-head .q-field { flex: 1 1 280px; }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px; }
.chips button { font: inherit; font-size: 15px; min-height: 36px; padding: 4px 14px;
  border-radius: 99px; border: 1px solid var(--line); background: var(--paper); color: var(--ink);
  cursor: pointer; }
.chips button:hover { border-color: var(--link); }
.chips button[aria-pressed=true] { background: var(--link); color: var(--paper);
  border-color: var(--link); font-weight: 600; }
.exam-years { display: flex; flex-direction: column; gap: 22px; }
.exam-years h2 { color: var(--quiet); font-size: 16px; margin-bottom: 8px; }
.exam-row .modality { width: 54px; height: 54px; }
.exam-row .modality .q-icon { font-size: 25px; } .exam-row .modality b { font-size: 12px; }
.exam-row .what b.name { font-size: 17px; line-height: 1.35; }
.exam-row:hover { box-shadow: 0 2px 12px rgb(10 40 50 / 12%); }
.exam-row .tags { display: flex; margin-top: 5px; }
.exam-row .go { color: var(--quiet); font-size: 24px; }

@media (max-width: 599px) {
  .wide-facts > div, .exam-facts > div { grid-template-columns: 2fr 3fr; }
  .wide-facts .term { grid-column: 2; text-align: left; }
  .explained { grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .explained dd { margin-bottom: 12px; }
  .exam-row { padding: 12px; gap: 12px; align-items: flex-start; }
  .exam-row .go { display: none; }
  .card-head { padding: 12px 16px; } .card-body { padding: 16px; }
  .viewer .bar { flex-wrap: nowrap; }
}
/* a page at half its width, as with 200 % zoom, or a phone on its side: it scrolls as a whole */
@media (max-height: 560px) and (min-width: 600px) {
  .viewer, .poster { overflow: auto; grid-template: "bar" max-content "tools" max-content
      "stage" min(74dvh, 420px) "strip" max-content "side" max-content / minmax(0, 1fr); }
  .strips { display: flex; border-right: 0; border-top: 1px solid var(--stage-line); }
  .strip { flex-direction: row; }
  .strip .thumb { width: 132px; } .strip .thumb img { height: 66px; }
  .side { border-left: 0; overflow: visible; }
}
"""
