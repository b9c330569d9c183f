//! The values, by dashboard, panel and query: sums and fractions of the numbers written in `season.rs`.

/// Dashboard, end of the panel's title, number of the query, samples.
type Values = (&'static str, &'static str, usize, &'static [(&'static str, f64)]);

const COVERAGE: &str = "gongkai-coverage";
const REQUESTS: &str = "gongkai-requests";
const PIPELINE: &str = "gongkai-pipeline";
const SITES: &str = "gongkai-sites";

/// Panels that show nothing here: nothing is missing, and every site was seen.
pub(super) const QUIET: usize = 2;

/// Six departments of the city (a-f) of which five have published, the city itself (g), four departments of counties (h-k) of which
/// three have. d leaves a cell blank, e contradicts itself, i lacks part six, j is late.
pub(super) const VALUES: &[Values] = &[
    (
        COVERAGE,
        "发布率 Published",
        0,
        &[
            ("level=prefecture kind=department", 5.0 / 6.0),
            ("level=prefecture kind=government", 1.0),
            ("level=county kind=department", 3.0 / 4.0),
        ],
    ),
    (
        COVERAGE,
        "及时率 In time",
        0,
        &[
            ("level=prefecture kind=department", 5.0 / 6.0),
            ("level=prefecture kind=government", 1.0),
            ("level=county kind=department", 2.0 / 4.0),
        ],
    ),
    (
        COVERAGE,
        "规范率 Well formed",
        0,
        &[
            ("level=prefecture kind=department", 1.0),
            ("level=prefecture kind=government", 1.0),
            ("level=county kind=department", 2.0 / 3.0),
        ],
    ),
    (
        COVERAGE,
        "勾稽一致率 Consistent",
        0,
        &[
            ("level=prefecture kind=department", 3.0 / 5.0),
            ("level=prefecture kind=government", 1.0),
            ("level=county kind=department", 2.0 / 3.0),
        ],
    ),
    (
        COVERAGE,
        "By region",
        0,
        &[
            ("region=9901 level=prefecture kind=department", 6.0),
            ("region=9901 level=prefecture kind=government", 1.0),
            ("region=9901 level=county kind=department", 1.0),
            ("region=9902 level=county kind=department", 3.0),
        ],
    ),
    (
        COVERAGE,
        "By region",
        1,
        &[
            ("region=9901 level=prefecture kind=department", 5.0 / 6.0),
            ("region=9901 level=prefecture kind=government", 1.0),
            ("region=9901 level=county kind=department", 1.0),
            ("region=9902 level=county kind=department", 2.0 / 3.0),
        ],
    ),
    (
        COVERAGE,
        "By region",
        2,
        &[
            ("region=9901 level=prefecture kind=department", 5.0 / 6.0),
            ("region=9901 level=prefecture kind=government", 1.0),
            ("region=9901 level=county kind=department", 0.0),
            ("region=9902 level=county kind=department", 2.0 / 3.0),
        ],
    ),
    (
        COVERAGE,
        "By region",
        3,
        &[
            ("region=9901 level=prefecture kind=department", 1.0),
            ("region=9901 level=prefecture kind=government", 1.0),
            ("region=9901 level=county kind=department", 1.0),
            ("region=9902 level=county kind=department", 1.0 / 2.0),
        ],
    ),
    (
        COVERAGE,
        "By region",
        4,
        &[
            ("region=9901 level=prefecture kind=department", 3.0 / 5.0),
            ("region=9901 level=prefecture kind=government", 1.0),
            ("region=9901 level=county kind=department", 1.0),
            ("region=9902 level=county kind=department", 1.0 / 2.0),
        ],
    ),
    (
        COVERAGE,
        "逾期清单 Overdue",
        0,
        &[
            ("region=9901 level=prefecture kind=department year=2025", 1.0),
            ("region=9902 level=county kind=department year=2025", 1.0),
        ],
    ),
    (COVERAGE, "逾期清单 Overdue", 1, &[]),
    (COVERAGE, "Published late", 0, &[("region=9901 level=county kind=department year=2025", 1.0)]),
    (
        COVERAGE,
        "Findings by rule",
        0,
        &[
            ("code=P801 severity=warning", 1.0),
            ("code=P802 severity=warning", 2.0),
            ("code=S102 severity=error", 1.0),
            // The blank cell of d.
            ("code=S113 severity=hint", 1.0),
            ("code=T301 severity=error", 1.0),
            ("code=T303 severity=error", 1.0),
        ],
    ),
    (
        COVERAGE,
        "Verdicts",
        0,
        &[
            ("level=prefecture verdict=consistent", 4.0),
            ("level=prefecture verdict=inconsistent", 1.0),
            ("level=prefecture verdict=incomplete", 1.0),
            ("level=county verdict=consistent", 2.0),
            ("level=county verdict=inconsistent", 0.0),
            ("level=county verdict=incomplete", 1.0),
        ],
    ),
    (
        COVERAGE,
        "Overdue and missing over time",
        0,
        &[
            ("level=prefecture kind=department", 1.0),
            ("level=prefecture kind=government", 0.0),
            ("level=county kind=department", 1.0),
        ],
    ),
    (
        COVERAGE,
        "Overdue and missing over time",
        1,
        &[
            ("level=prefecture kind=department", 0.0),
            ("level=prefecture kind=government", 0.0),
            ("level=county kind=department", 0.0),
        ],
    ),
    (COVERAGE, "Revisions ever found", 0, &[("region=9901", 0.0), ("region=9902", 0.0)]),
    (COVERAGE, "Reports of unknown body or year", 0, &[("", 0.0)]),
    // a 15, b 30, c 7, d 4; h 8, i 2, j 0.
    (
        REQUESTS,
        "申请量 Requests received",
        0,
        &[
            ("level=prefecture kind=department scope=own", 56.0),
            ("level=county kind=department scope=own", 10.0),
            ("level=prefecture kind=government scope=area", 500.0),
        ],
    ),
    // a 15 of 10 and b 30 of 20; h 8 of 10.
    (
        REQUESTS,
        "Year on year",
        0,
        &[
            ("level=prefecture kind=department scope=own", 15.0 / 30.0),
            ("level=county kind=department scope=own", -2.0 / 10.0),
        ],
    ),
    (
        REQUESTS,
        "Outcomes",
        0,
        &[
            ("level=prefecture kind=department scope=own row=granted", 33.0),
            ("level=prefecture kind=department scope=own row=partially_granted", 8.0),
            ("level=prefecture kind=department scope=own row=denied", 5.0),
            ("level=prefecture kind=department scope=own row=unavailable", 4.0),
            ("level=prefecture kind=department scope=own row=not_processed", 3.0),
            ("level=prefecture kind=department scope=own row=other_handling", 1.0),
            ("level=county kind=department scope=own row=granted", 5.0),
            ("level=county kind=department scope=own row=partially_granted", 2.0),
            ("level=county kind=department scope=own row=denied", 1.0),
            ("level=county kind=department scope=own row=unavailable", 1.0),
            ("level=county kind=department scope=own row=not_processed", 0.0),
            ("level=county kind=department scope=own row=other_handling", 1.0),
            ("level=prefecture kind=government scope=area row=granted", 300.0),
            ("level=prefecture kind=government scope=area row=partially_granted", 50.0),
            ("level=prefecture kind=government scope=area row=denied", 60.0),
            ("level=prefecture kind=government scope=area row=unavailable", 40.0),
            ("level=prefecture kind=government scope=area row=not_processed", 30.0),
            ("level=prefecture kind=government scope=area row=other_handling", 10.0),
        ],
    ),
    // Results: a 15, b 28, c 7, d 4; h 8, i 2, j 0.
    (
        REQUESTS,
        " Disclosed",
        0,
        &[
            ("level=prefecture kind=department scope=own", 41.0 / 54.0),
            ("level=county kind=department scope=own", 7.0 / 10.0),
            ("level=prefecture kind=government scope=area", 350.0 / 490.0),
        ],
    ),
    // Without d, whose cell is blank.
    (
        REQUESTS,
        " Denied",
        0,
        &[
            ("level=prefecture kind=department scope=own", 5.0 / 50.0),
            ("level=county kind=department scope=own", 1.0 / 10.0),
            ("level=prefecture kind=government scope=area", 60.0 / 490.0),
        ],
    ),
    (
        REQUESTS,
        " Unavailable",
        0,
        &[
            ("level=prefecture kind=department scope=own", 4.0 / 54.0),
            ("level=county kind=department scope=own", 1.0 / 10.0),
            ("level=prefecture kind=government scope=area", 40.0 / 490.0),
        ],
    ),
    (
        REQUESTS,
        "Not processed",
        0,
        &[
            ("level=prefecture kind=department scope=own", 3.0 / 54.0),
            ("level=county kind=department scope=own", 0.0),
            ("level=prefecture kind=government scope=area", 30.0 / 490.0),
        ],
    ),
    // 3 of 56 + 1; 1 of 10 + 1.
    (
        REQUESTS,
        "Carried forward",
        0,
        &[
            ("level=prefecture kind=department scope=own", 3.0 / 57.0),
            ("level=county kind=department scope=own", 1.0 / 11.0),
            ("level=prefecture kind=government scope=area", 30.0 / 520.0),
        ],
    ),
    // a 1 of 4 - 1 and b 2 of 3; h 0 of 1; g 2 of 10 - 2.
    (
        REQUESTS,
        "Overturned in reconsideration",
        0,
        &[
            ("level=prefecture kind=department scope=own", 3.0 / 6.0),
            ("level=county kind=department scope=own", 0.0),
            ("level=prefecture kind=government scope=area", 2.0 / 8.0),
        ],
    ),
    // a 0 of 1, b 1 + 1 of 4 - 1 + 1; the counties have none, which is no rate; g 1 of 7 - 1 + 3 - 1.
    (
        REQUESTS,
        "Overturned in litigation",
        0,
        &[
            ("level=prefecture kind=department scope=own", 2.0 / 5.0),
            ("level=prefecture kind=government scope=area", 1.0 / 8.0),
        ],
    ),
    (
        REQUESTS,
        "Proceedings",
        0,
        &[
            ("level=prefecture kind=department scope=own row=review_upheld", 2.0),
            ("level=prefecture kind=department scope=own row=review_corrected", 3.0),
            ("level=prefecture kind=department scope=own row=review_other", 1.0),
            ("level=prefecture kind=department scope=own row=review_pending", 1.0),
            ("level=prefecture kind=department scope=own row=review_total", 7.0),
            ("level=prefecture kind=department scope=own row=litigation_upheld", 3.0),
            ("level=prefecture kind=department scope=own row=litigation_corrected", 2.0),
            ("level=prefecture kind=department scope=own row=litigation_other", 0.0),
            ("level=prefecture kind=department scope=own row=litigation_pending", 1.0),
            ("level=prefecture kind=department scope=own row=litigation_total", 6.0),
            ("level=county kind=department scope=own row=review_upheld", 1.0),
            ("level=county kind=department scope=own row=review_corrected", 0.0),
            ("level=county kind=department scope=own row=review_other", 0.0),
            ("level=county kind=department scope=own row=review_pending", 0.0),
            ("level=county kind=department scope=own row=review_total", 1.0),
            ("level=county kind=department scope=own row=litigation_upheld", 0.0),
            ("level=county kind=department scope=own row=litigation_corrected", 0.0),
            ("level=county kind=department scope=own row=litigation_other", 0.0),
            ("level=county kind=department scope=own row=litigation_pending", 0.0),
            ("level=county kind=department scope=own row=litigation_total", 0.0),
            ("level=prefecture kind=government scope=area row=review_upheld", 5.0),
            ("level=prefecture kind=government scope=area row=review_corrected", 2.0),
            ("level=prefecture kind=government scope=area row=review_other", 1.0),
            ("level=prefecture kind=government scope=area row=review_pending", 2.0),
            ("level=prefecture kind=government scope=area row=review_total", 10.0),
            ("level=prefecture kind=government scope=area row=litigation_upheld", 6.0),
            ("level=prefecture kind=government scope=area row=litigation_corrected", 1.0),
            ("level=prefecture kind=government scope=area row=litigation_other", 1.0),
            ("level=prefecture kind=government scope=area row=litigation_pending", 2.0),
            ("level=prefecture kind=government scope=area row=litigation_total", 10.0),
        ],
    ),
    // Of c, d, i, j and g nothing is known of the year before.
    (
        REQUESTS,
        "Reports left out",
        0,
        &[
            ("level=prefecture kind=department scope=own rate=denied", 1.0),
            ("level=prefecture kind=department scope=own rate=year_on_year", 2.0),
            ("level=county kind=department scope=own rate=year_on_year", 2.0),
            ("level=prefecture kind=government scope=area rate=year_on_year", 1.0),
        ],
    ),
    (
        REQUESTS,
        "Reports with errors in their tables",
        0,
        &[("level=prefecture kind=department scope=own", 1.0)],
    ),
    (
        PIPELINE,
        "Unfinished work",
        0,
        &[
            ("queue=due", 0.0),
            ("queue=fetch", 0.0),
            ("queue=judge", 0.0),
            ("queue=notify", 0.0),
            ("queue=parse", 0.0),
        ],
    ),
    (
        PIPELINE,
        "Due and not sent",
        0,
        &[
            ("queue=due", 0.0),
            ("queue=fetch", 0.0),
            ("queue=judge", 0.0),
            ("queue=notify", 0.0),
            ("queue=parse", 0.0),
        ],
    ),
    (
        PIPELINE,
        "Set aside",
        0,
        &[
            ("queue=due", 0.0),
            ("queue=fetch", 0.0),
            ("queue=judge", 0.0),
            ("queue=notify", 0.0),
            ("queue=parse", 0.0),
        ],
    ),
    (PIPELINE, "Oldest unfinished", 0, &[("", 0.0)]),
    (
        PIPELINE,
        "Cannot reach",
        0,
        &[
            ("job=gongkai-fetcher what=bus", 0.0),
            ("job=gongkai-fetcher what=store", 0.0),
            ("job=gongkai-parser what=bus", 0.0),
            ("job=gongkai-parser what=store", 0.0),
            ("job=gongkai-validator what=bus", 0.0),
            ("job=gongkai-validator what=store", 0.0),
            ("job=gongkai-alerter what=bus", 0.0),
            ("job=gongkai-alerter what=store", 0.0),
            ("job=gongkai-console what=bus", 0.0),
            ("job=gongkai-console what=store", 0.0),
        ],
    ),
    (PIPELINE, "Releases", 0, &[(concat!("version=", env!("CARGO_PKG_VERSION")), 5.0)]),
    (
        PIPELINE,
        "RabbitMQ queues",
        0,
        &[
            ("queue=gongkai.dead", 0.0),
            ("queue=gongkai.due", 0.0),
            ("queue=gongkai.fetch", 0.0),
            ("queue=gongkai.judge", 0.0),
            ("queue=gongkai.notify", 0.0),
            ("queue=gongkai.parse", 0.0),
        ],
    ),
    (SITES, "Sites never seen", 0, &[]),
    (SITES, "Columns by how their last poll ended", 0, &[("site=xiushui outcome=ok", 1.0)]),
];

/// What depends on the machine: there, finite, not negative.
pub(super) const MEASURED: &[(&str, &str, usize)] = &[
    (PIPELINE, "Services up", 0),
    (PIPELINE, "Handled a second", 0),
    (PIPELINE, "95th percentile of time", 0),
    (PIPELINE, "Figures brought up to date", 0),
    (PIPELINE, "Memory", 0),
    (PIPELINE, "Processor", 0),
    (SITES, "Since the last complete poll", 0),
    (SITES, "Fetches by outcome", 0),
    (SITES, "Time of a fetch", 0),
    (SITES, "Time of a fetch", 1),
    (SITES, "Fetched since start", 0),
];

/// What the console templates say of the same.
pub(super) const CONSOLES: &[(&str, &[&str])] = &[
    (
        "gongkai.html",
        &[
            "2025",
            "prefecture department 6 83.3% 83.3% 100.0% 60.0%",
            "prefecture government 1 100.0% 100.0% 100.0% 100.0%",
            "county department 4 75.0% 50.0% 66.7% 66.7%",
            "9902 county department 1 0",
            "T303 error 1",
            "prefecture department own 56 50.0% 75.9% 10.0% 7.4% 5.6% 5.3% 50.0% 40.0%",
            "county department own 10 -20.0% 70.0% 10.0% 10.0% 0.0% 9.1% 0.0% —",
            "prefecture department own 1\n",
            "prefecture government area 500 — 71.4% 12.2% 8.2% 6.1% 5.8% 25.0% 12.5%",
        ],
    ),
    (
        "gongkai-pipeline.html",
        &["parse 0 0 0", "gongkai-console", "xiushui", "GongkaiReportInconsistent 9901"],
    ),
];
