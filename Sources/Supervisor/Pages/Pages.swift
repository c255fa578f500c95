import JSONSchemas
public import Reports

/// The pages: what a view holds, as HTML that is read without script and in which no value is markup.
public enum Pages {
    /// A refusal, or anything else that one sentence says. There is no frame where nobody is signed in.
    public static func notice(_ view: NoticeView, in frame: PageFrame?) throws(ReportError) -> String {
        let title = noticeTitle(view.status)
        let content = try PageTemplate.notice.filled([
            "title": .string(title), "sentence": .string(view.sentence), "fix": .string(view.fix),
            "run_href": .string(view.run.map(PagePath.run) ?? ""), "session": .bool(frame != nil),
        ])
        return try page(title, content, in: frame)
    }

    /// The page that a browser is shown when it has signed in. It leads on by itself.
    public static func started() throws(ReportError) -> String {
        try page("Signed in", PageTemplate.started.filled([:]), in: nil, goesOn: true)
    }

    /// A page around its content. `name` is what the module calls the page, `run` the run that it is about; `goesOn` says
    /// that the page leads on to the first page.
    static func page(
        _ title: String, _ content: Markup, in frame: PageFrame?, name: String = "", run: String = "",
        goesOn: Bool = false
    ) throws(ReportError) -> String {
        try PageTemplate.page.filled(
            [
                "title": .string(title), "page": .string(name), "run": .string(run), "goes_on": .bool(goesOn),
                "session": .bool(frame != nil), "last": .integer(frame?.lastSequence ?? 0),
                "person": .string(frame?.person ?? ""), "form_token": .string(frame?.formToken ?? ""),
                "notice": .string(frame?.notice ?? ""),
                // Every refusal begins so.
                "refused": .bool(frame?.notice.hasPrefix("Can't ") ?? false), "places": .array(places(frame)),
            ], parts: ["content": content]
        ).html
    }

    private static func places(_ frame: PageFrame?) -> [JSONValue] {
        let names = ["Questions", "Runs", "Workflows", "Feedback", "Evaluations", "Journal"]
        return names.map { name in
            let key = name.lowercased()
            let isCurrent = frame.map { $0.path == "/\(key)" || $0.path.hasPrefix("/\(key)/") } ?? false
            return [
                "name": .string(name), "key": .string(key), "href": .string("/\(key)"), "current": .bool(isCurrent),
                "counts": .bool(key == "questions"), "waiting": .integer(frame?.waitingCount ?? 0),
            ]
        }
    }

    private static func noticeTitle(_ status: Int) -> String {
        switch status {
        case 200..<300: "Done"
        case 401: "Not signed in"
        case 403: "Not allowed"
        case 404: "Not found"
        case 409: "Not recorded"
        case 423: "Busy"
        case 500...: "Something went wrong"
        default: "Refused"
        }
    }
}
