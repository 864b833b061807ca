//! A figure as a document of its own, to be printed: white ground, its style inside, its size in mm.

use super::svg::Svg;

/// The light half of the page's style sheet, with the same colours for the same classes.
const STYLE: &str = "\
text{font-family:'Noto Sans',sans-serif;fill:#14202b}\
.name{font-size:15px;font-weight:700}.unit{font-size:14px}\
.note,.tick{font-size:13px;fill:#3b4853}.middle{text-anchor:middle}.end{text-anchor:end}\
.grid{stroke:#dce2e8;stroke-width:1}.axis{stroke:#55636f;stroke-width:1}\
.median{stroke:#14202b;stroke-width:2}.mark{stroke:#14202b;stroke-width:1.4;stroke-dasharray:5 4}\
.k0{fill:#0072b2}.k1{fill:#d55e00}.k2{fill:#009e73}.k3{fill:#c0639a}.k4{fill:#b87c00}.k5{fill:#3a97cf}\
\
.spot{fill-opacity:0;stroke:#f0e442;stroke-width:.8}.l0{stroke:#56b4e9}.l1{stroke:#e69f00}.l2{stroke:#2fd0a0}\
.l3{stroke:#f0e442}.l4{stroke:#e07bb5}.l5{stroke:#ff7043}.link{fill-opacity:0;stroke-width:1}\
.edge{stroke:#14202b;stroke-width:.8}\
.stroke{fill-opacity:0;stroke-width:2.2}.c0{stroke:#0072b2}.c1{stroke:#d55e00}.c2{stroke:#009e73}.c3{stroke:#c0639a}\
.c4{stroke:#b87c00}.c5{stroke:#3a97cf}.chance{stroke:#7b8894;stroke-width:1.4;stroke-dasharray:5 4}\
.band{fill-opacity:.18}.band-key{stroke:#0072b2;stroke-opacity:.18;stroke-width:12}\
.point{fill:#ffffff;stroke:#14202b;stroke-width:2}.count{fill:#dce2e8}.count-key{stroke:#dce2e8;stroke-width:12}\
.strong{font-size:13px;font-weight:700}\
.count-ink,.count-paper{font-size:24px;font-weight:700}.paper,.count-paper{fill:#ffffff}.ink{fill:#14202b}\
.s0{fill:#f7fbff}.s1{fill:#deedf6}.s2{fill:#c5dfee}.s3{fill:#abd1e6}.s4{fill:#8dbedb}\
.s5{fill:#6aa5cf}.s6{fill:#468cc2}.s7{fill:#2372b6}.s8{fill:#1a5b9c}.s9{fill:#134382}\
.kept{stroke:#7b8894;stroke-width:1.4;stroke-dasharray:2 4}\
.k6{fill:#857c00}.k7{fill:#2c3640}.k8{fill:#7b8894}.rejected{fill:#a4afba}.failed{fill:#4d5a66}";
/// Millimetres of paper for one unit of the drawing: 640 units are 160 mm, letters of 14 units are 10 points.
const MM: f64 = 0.25;
/// White margin around the drawing, in units.
const MARGIN: f64 = 10.0;

/// The whole document; `label` says in words what it shows.
pub(super) fn document(svg: Svg, width: f64, height: f64, label: &str) -> String {
    let (width, height) = (width + 2.0 * MARGIN, height + 2.0 * MARGIN);
    let (mm_wide, mm_high) = (width * MM, height * MM);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{mm_wide}mm\" height=\"{mm_high}mm\" \
         viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\" role=\"img\">\n{}\
         <style>{STYLE}</style>\n\
         <rect x=\"-{MARGIN}\" y=\"-{MARGIN}\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{}\n</svg>\n",
        Svg::title(label),
        svg.body()
    )
}
