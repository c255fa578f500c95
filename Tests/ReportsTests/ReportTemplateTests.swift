import JSONSchemas
import Reports
import Testing

@Suite struct ReportTemplateTests {
    private func render(
        _ template: String, _ data: JSONObject, name: String = "t.md.mustache", rawNames: Set<String> = []
    ) throws(ReportError) -> String {
        try ReportTemplate(text: template, name: name).render(data, rawNames: rawNames)
    }

    @Test func `values, sections and questions are filled in`() throws {
        let data: JSONObject = [
            "title": "Plan", "count": 2, "ratio": 0.1234, "done": true, "open": false, "note": nil,
            "blank": "",
            "items": [["name": "a", "tags": ["x", "y"]], ["name": "b", "tags": []]],
            "nothing": [],
        ]
        let template = """
            # {{title}} ({{count}}, {{percent(ratio)}}, {{fixed2(ratio)}})
            {{#items}}
            - {{plusone(index())}}. {{name}}{{#tags}} [{{.}}]{{/tags}}{{^tags}} none{{/tags}} of {{title}}{{^last()}},{{/last()}}
            {{/items}}
            {{^nothing}}nothing {{/nothing}}{{#done}}done {{/done}}{{^open}}closed {{/open}}{{^note}}no note {{/note}}{{^blank}}blank{{/blank}}
            {{! a comment with {{braces}} }}{{#empty(nothing)}}E{{/empty(nothing)}}{{^empty(items)}}F{{/empty(items)}}{{count(items)}}
            """
        let text = try render(template, data)
        #expect(
            text == """
                # Plan (2, 12.3 %, 0.12)
                - 1. a [x] [y] of Plan,
                - 2. b none of Plan
                nothing done closed no note blank
                 }}EF2
                """)
    }

    @Test(
        arguments: [
            (0, "░░░░░░░░░░"), (0.001, "█░░░░░░░░░"), (0.42, "████░░░░░░"), (0.999, "█████████░"), (1, "██████████"),
            (7, "██████████"), (-1, "░░░░░░░░░░"), ("x|y", #"x\|y"#), (nil, ""),
        ] as [(JSONValue, String)])
    func `a part of 1 is a bar of ten blocks, and a text stays a text`(value: JSONValue, bar: String) throws {
        #expect(try render("{{bar(x)}}", ["x": value]) == bar)
    }

    @Test func `a first line that is only a tag prints no line`() throws {
        #expect(try render("{{#a}}\nx\n{{/a}}\n", ["a": true]) == "x\n")
        #expect(try render("  {{a}}\n", ["a": 1]) == "  1\n")
    }

    @Test(arguments: [
        "{{titel}}", "{{#rows}}{{nam}}{{/rows}}", "{{#itmes}}{{/itmes}}", "{{^itmes}}x{{/itmes}}",
        "{{row.nam}}", "{{code(titel)}}",
        "{{#rows}}{{.title}}{{/rows}}", "{{#row}}{{nam}}{{/row}}",
    ])
    func `a name that the data lacks is an error that names it`(template: String) throws {
        let data: JSONObject = ["title": "t", "rows": [["name": "a"]], "row": ["name": "b"]]
        // Control arm: with the names spelled right the template renders.
        let fixed = template.replacing("titel", with: "title").replacing("nam}", with: "name}").replacing(
            "itmes", with: "rows"
        )
        .replacing("{{.title", with: "{{title")
        _ = try render(fixed, data)
        let error = #expect(throws: ReportError.self) { try render("line one\n" + template, data) }
        #expect(error?.code == .missingVariable)
        #expect(error?.description.hasPrefix("Can't render `t.md.mustache`: line 2 names `") == true)
    }

    @Test func `a field that some rows lack is empty there, not taken from outside`() throws {
        let data: JSONObject = [
            "title": "OUTER", "rows": [["title": "a", "x": 1], ["x": 2], ["title": nil, "x": 3]],
        ]
        #expect(try render("{{#rows}}({{title}}{{x}}){{/rows}}", data) == "(a1)(2)(3)")
        let nested: JSONObject = [
            "title": "OUTER", "groups": [["rows": [["title": "a"], nil]], ["rows": [["x": 2]]], [:]],
        ]
        let template = "{{#groups}}[{{#rows}}({{title}}){{/rows}}]{{/groups}}"
        #expect(try render(template, nested) == "[(a)()][()][]")
    }

    @Test func `fields of an empty list or of null are not asked for`() throws {
        let data: JSONObject = ["rows": [], "note": nil, "object": ["inner": nil]]
        #expect(
            try render("{{#rows}}{{anything}}{{/rows}}{{#note}}{{text}}{{/note}}{{object.inner.deep}}", data)
                == "")
    }

    @Test(arguments: [
        "{{x", "{{#x}}", "{{/x}}", "{{#x}}{{/y}}", "{{> x}}", "{{< x}}{{/x}}", "{{$ x}}{{/x}}", "{{=<% %>=}}",
        "{{% CONTENT_TYPE:HTML}}",
        "{{x y}}", "{{}}", "{{f(x}}", "{{f(x))}}", "{{shout(x)}}", "{{last(x)}}", "{{x/y}}", "{{{x}}}",
        "{{& x}}", "{{{code(x)}}}",
        "{{#x}}{{/count(x)}}",
    ])
    func `a tag that reports don't offer is an error`(template: String) throws {
        let data: JSONObject = ["x": "value"]
        #expect(try render("{{x}}", data) == "value")
        let error = #expect(throws: ReportError.self) { try render(template, data) }
        #expect(error?.code == .template)
    }

    @Test func `a report inside a report is printed as it is, where it is named`() throws {
        let inner = try render("- {{a}}\n- <b>\n", ["a": "*x*"])
        #expect(
            try render("{{{inner}}}|{{a}}", ["inner": .string(inner), "a": "*y*"], rawNames: ["inner"])
                == "- \\*x\\*\n- <b>\n|\\*y\\*")
        #expect(throws: ReportError.self) { try render("{{{a}}}", ["a": "*y*"], rawNames: ["inner"]) }
    }

    @Test func `values are never read as templates`() throws {
        let hostile: JSONValue = "{{secret}} {{#secret}}x{{/secret}} {{% CONTENT_TYPE:HTML}}"
        let data: JSONObject = ["x": hostile, "secret": "hunter2", "list": [hostile]]
        for template in [
            "{{x}}", "{{code(x)}}", "{{fence(x)}}", "{{quotation(x)}}", "{{json(x)}}",
            "{{#list}}{{.}}{{/list}}", "{{list}}",
        ] {
            let text = try render(template, data)
            #expect(text.contains("{{secret}}") && !text.contains("hunter2"), "\(template)")
        }
    }

    @Test func `each format escapes in its own way`() throws {
        let data: JSONObject = ["x": "<b>&\"' *a*\u{1B}[31m\u{202E}"]
        #expect(
            try render("{{x}}", data, name: "a.html.mustache")
                == "&lt;b&gt;&amp;&quot;&#39; *a*\u{241B}[31m[U+202E]")
        #expect(try render("{{x}}", data, name: "a.txt.mustache") == "<b>&\"' *a*\u{241B}[31m[U+202E]")
        #expect(try render("{{x}}", data) == "&lt;b&gt;&amp;\"' \\*a\\*\u{241B}\\[31m\\[U+202E\\]")
        #expect(try render("{{fence(x)}}", data, name: "a.html").hasPrefix("<pre><code>&lt;b"))
    }

    @Test func `a template tells the names it needs`() throws {
        let template = try ReportTemplate(
            text: "{{a}} {{#b}}{{c}}{{/b}} {{count(d.e)}} {{^last()}}{{/last()}} {{a.x}}", name: "x")
        #expect(template.requiredNames == ["a", "b", "d"])
    }

    @Test func `whole values print as JSON or lists, never as Swift`() throws {
        let data: JSONObject = ["o": ["a": [1, nil]], "l": [1, "b", true], "n": 1.5, "t": true]
        #expect(
            try render("{{json(o)}} {{l}} {{n}} {{t}} {{code(json(l))}}", data, name: "t.txt")
                == "{\"a\": [1, null]} 1, b, true 1.5 true [1, \"b\", true]")
        #expect(try render("{{.}}", ["a": 1], name: "t.txt") == "{\"a\": 1}")
    }
}
