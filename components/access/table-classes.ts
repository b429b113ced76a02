/**
 * How the wide tables behave: where they fit, the heading sticks to the page; where they do not, the table scrolls
 * sideways in its own region and its first column stays in sight.
 */
export const WIDE_TABLE =
  '[&>table]:min-w-[58rem] xl:[&>table]:table-fixed xl:overflow-x-clip [&_thead_th]:bg-surface [&_thead_th:first-child]:rounded-tl-lg [&_thead_th:last-child]:rounded-tr-lg xl:[&_thead_th]:sticky xl:[&_thead_th]:top-0 xl:[&_thead_th]:z-10 max-xl:[&_tr>*:first-child]:sticky max-xl:[&_tr>*:first-child]:left-0 max-xl:[&_tr>*:first-child]:bg-surface max-xl:[&_tr>*:first-child]:max-w-40 [&_tbody_tr:hover>*]:bg-canvas'
