import JSONSchemas
import PolicyEngine
import Testing
import WorkflowFormat

@Suite struct PathRuleTests {
    private func decide(
        _ written: JSONValue = "x", path: String?, roots: [String]?, otherwise: PolicyDecision = .deny
    ) throws -> Said {
        let policy = try Samples.policy(
            Samples.rule("file.read", otherwise: otherwise, ["path": [.under(.literal("/data/tickets"))]]))
        return Said(
            policy.decide(
                Samples.call("file.read", ["path": written]),
                in: Samples.context(
                    roots: roots.map { ["file.read.path.under": $0] } ?? [:],
                    paths: path.map { ["path": $0] } ?? [:])))
    }

    @Test(arguments: [
        ("/data/tickets/a.jsonl", true), ("/data/tickets", true), ("/data/tickets/", true),
        ("/data//tickets/./deep/a", true), ("/data/tickets/x/../a", true),
        ("/data/tickets-old/a", false), ("/data/ticket", false), ("/data", false), ("/", false),
        ("/data/tickets/../secret", false), ("/etc/passwd", false), ("data/tickets/a", false),
        ("/data/tickets/../../../../etc", false), ("/DATA/tickets/a", false),
        ("/data/tickets/a\u{0}b", false),
        ("", false),
    ])
    func `a path is compared by components`(path: String, isInside: Bool) throws {
        #expect(try decide(path: path, roots: ["/data/tickets"]).outcome == (isInside ? .allow : .deny))
    }

    @Test func `one of several roots is enough`() throws {
        #expect(try decide(path: "/b/x", roots: ["/a", "/b"]).outcome == .allow)
        #expect(try decide(path: "/c/x", roots: ["/a", "/b"]).outcome == .deny)
    }

    @Test func `a path or root that couldn't be resolved is denied, even where the rule says otherwise ask`()
        throws
    {
        #expect(try decide(path: "/a/x", roots: ["/a"], otherwise: .ask).outcome == .allow)
        #expect(try decide(path: "/b", roots: ["/a"], otherwise: .ask).outcome == .ask)
        #expect(try decide(path: nil, roots: ["/a"], otherwise: .ask).outcome == .deny)
        #expect(try decide(path: "/a/x", roots: nil, otherwise: .ask).outcome == .deny)
        #expect(try decide(path: "/a/x", roots: [], otherwise: .ask).outcome == .deny)
        #expect(try decide(path: "/a/x", roots: ["/a", ""], otherwise: .ask).outcome == .deny)
        let said = try decide(path: nil, roots: ["/a"])
        #expect(said.rule == "file.read.path.under")
    }

    @Test func `an operator's root does not stand in for the workflow's`() throws {
        let narrowing = PolicyDefinition(tools: [
            Samples.rule("file.read", ["path": [.under(.literal("/a/b"))]])
        ])
        let policy = try Samples.policy(
            Samples.rule("file.read", ["path": [.under(.literal("/a"))]]), narrowedBy: [narrowing])
        #expect(
            policy.roots(for: "file.read").map(\.rule) == [
                "file.read.path.under", "operator.file.read.path.under",
            ])
        let roots = ["file.read.path.under": ["/a"], "operator.file.read.path.under": ["/a/b"]]
        for (path, outcome) in [("/a/b/x", .allow), ("/a/x", .deny)] as [(String, PolicyDecision)] {
            let said = Said(
                policy.decide(
                    Samples.call("file.read", ["path": "x"]),
                    in: Samples.context(roots: roots, paths: ["path": path])))
            #expect(said.outcome == outcome)
        }
    }
}
