/** The report's own style: for a screen, a telephone and A4 paper; in colours whose contrast is at least 4.5 to 1. */
export const STYLE = `
:root{--ink:#0b0c0c;--soft:#505a5f;--line:#b1b4b6;--good:#00613a;--bad:#aa2a16;--open:#6b4d00;--paper:#fff;--shade:#f3f2f1}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--ink);background:var(--paper)}
main{max-width:66rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:2.1rem;line-height:1.15;margin:0 0 .25rem;letter-spacing:-.01em}
h2{font-size:1.4rem;line-height:1.25;margin:3rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--ink)}
h3{font-size:1.05rem;line-height:1.35;margin:0}
.lead{color:var(--soft);margin:0 0 1.5rem}
.verdict{border-left:.6rem solid;padding:1rem 1.25rem;background:var(--shade);margin:1.5rem 0}
.verdict p{margin:.25rem 0 0;color:var(--ink)}
.verdict strong{font-size:1.5rem;line-height:1.2;display:block}
.conforms{border-color:var(--good)}.conforms strong{color:var(--good)}
.does-not-conform{border-color:var(--bad)}.does-not-conform strong{color:var(--bad)}
.incomplete{border-color:var(--open)}.incomplete strong{color:var(--open)}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.5rem;margin:0}
dl.facts dt{color:var(--soft)}dl.facts dd{margin:0}
table{border-collapse:collapse;width:100%;font-size:.95rem}
caption{text-align:left;font-weight:600;padding:.25rem 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line)}
thead th{border-bottom:2px solid var(--ink)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
tfoot th,tfoot td{font-weight:600;border-bottom:0}
code{font:.85em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.state{font-weight:600;white-space:nowrap}
.passed{color:var(--good)}.failed{color:var(--bad)}.not-tried{color:var(--open)}
.failure{border:1px solid var(--line);border-left:.35rem solid var(--bad);padding:.75rem 1rem;margin:0 0 .75rem;break-inside:avoid}
.failure.advisory{border-left-color:var(--open)}
.failure p{margin:.4rem 0 0}.failure .seen{font-weight:600;overflow-wrap:anywhere}
.meta{color:var(--soft);font-size:.85rem}
.why{margin:.15rem 0 0;color:var(--soft);font-size:.9rem}
td.result{width:8rem}
td p.seen{margin:.25rem 0 0;overflow-wrap:anywhere}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
@media (max-width:40rem){main{padding:1.5rem 1rem 3rem}h1{font-size:1.6rem}dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:.5rem}.cases td,.cases tr{display:block;border:0;padding:0}.cases tr{padding:.6rem 0;border-bottom:1px solid var(--line)}.cases thead{position:absolute;left:-999rem}td.result{width:auto}.overview{font-size:.85rem}}
@page{size:A4;margin:18mm 16mm}
@media print{body{font-size:8.5pt;line-height:1.4}h3{font-size:9pt}table{font-size:8.5pt}th,td{padding:1.2mm 3mm 1.2mm 0}.cases h3,.cases td>code{display:inline}.cases td>code{margin-left:2mm}.why{font-size:8pt;margin:0}main{max-width:none;padding:0}h1{font-size:22pt}h2{font-size:14pt;margin-top:9mm;break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}.verdict,.failure{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`
