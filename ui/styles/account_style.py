"""The look of sign-in, passwords and My account."""

STYLE = """
.q-checkbox { flex-wrap: nowrap; }
.meter { display: flex; gap: 4px; margin-top: -2px; }
.meter i { flex: 1; height: 6px; border-radius: 3px; background: var(--line); }
.meter[data-level="0"] i:nth-child(-n+1), .meter[data-level="1"] i:nth-child(-n+2) {
  background: var(--danger); }
.meter[data-level="2"] i:nth-child(-n+3) { background: #b06a00; }
.meter[data-level="3"] i:nth-child(-n+4), .meter[data-level="4"] i { background: #2e7d4f; }
.account { display: flex; flex-direction: column; gap: 18px; max-width: 760px;
  margin: 0 auto; }
.account .card { align-self: stretch; }
.account h2 { margin: 0 0 4px; }
.account .fact { display: flex; align-items: center; gap: 12px; padding: 8px 0;
  border-bottom: 1px solid var(--line); min-height: 56px; }
.account .fact:last-of-type { border-bottom: 0; }
.account .fact > div { flex: 1; min-width: 0; }
.account .fact small { display: block; color: var(--quiet); font-size: 14px; }
.account .fact b { display: block; font-weight: 600; overflow-wrap: anywhere; }
.account .here { color: var(--link); font-weight: 600; font-size: 14px; }
.app-qr { display: flex; justify-content: center; }
.app-qr svg { width: 190px; height: 190px; background: #fff; padding: 8px; border-radius: 8px; }
.secret { font: 600 16px ui-monospace, monospace; letter-spacing: .06em; overflow-wrap: anywhere; }
ol.recovery { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
  gap: 6px 18px; margin: 0; padding: 12px 14px 12px 40px; background: var(--soft);
  border-radius: 10px; font: 600 15px ui-monospace, monospace; }
.languages { padding: 4px 0; }
.languages button { display: flex; align-items: center; gap: 8px; width: 100%; min-height: 44px;
  padding: 8px 16px; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
.languages button::before { content: ""; width: 18px; }
.languages button[aria-checked="true"] { font-weight: 700; }
.languages button[aria-checked="true"]::before { content: "✓"; }
.languages button:hover { background: var(--soft); }
.code input { font: 600 22px ui-monospace, monospace; letter-spacing: .18em; }
@media (max-width: 599px) {
  .account .fact { flex-wrap: wrap; gap: 4px 12px; }
}
"""
