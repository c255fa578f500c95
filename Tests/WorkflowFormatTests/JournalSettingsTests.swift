import JSONSchemas
import Testing
import WorkflowFormat

/// The operator's `journal.yaml`, and the workflow's `redact`.
@Suite struct JournalSettingsTests {
    private static let good = """
        secrets: [DEPLOY_TOKEN, DB_PASSWORD]
        redact: [email, phone]
        patterns:
          customer: "C-[0-9]{6}"
        retention: { events: 365d, outputs: 12h, prompts: keep }
        """

    @Test func `everything is read`() throws {
        let settings = try JournalSettings.parse(Self.good, file: "journal.yaml")
        #expect(settings.secretVariables == ["DEPLOY_TOKEN", "DB_PASSWORD"])
        #expect(settings.redact == [.email, .phone])
        #expect(settings.patterns.map(\.name) == ["customer"])
        #expect(settings.patterns.first?.pattern.matches("C-123456") == true)
        #expect(settings.retention.events == RetentionPeriods.day * 365)
        #expect(settings.retention.outputs == .seconds(43_200))
        #expect(settings.retention.prompts == nil)
    }

    @Test func `what is left out has the defaults`() throws {
        let settings = try JournalSettings.parse("redact: [ip]", file: "journal.yaml")
        #expect(settings.retention == RetentionPeriods())
        #expect(settings.retention[.events] == RetentionPeriods.day * 365)
        #expect(settings.retention[.outputs] == RetentionPeriods.day * 30)
        #expect(settings.retention[.prompts] == RetentionPeriods.day * 30)
        let folder = try TemporaryFolder()
        #expect(try JournalSettings.load(path: folder.path + "/none.yaml") == JournalSettings())
    }

    @Test(arguments: [
        ("DEPLOY_TOKEN", "hunter2-value", "an element of `secrets` isn't the name of an environment variable"),
        ("phone]", "mail]", "`redact` has `mail`, which is unknown"),
        ("redact:", "keep:", "unknown key `keep` in the file"),
        ("customer:", "Customer:", "a pattern's name `Customer` isn't 2 to 32 small letters, digits and `_`"),
        ("[0-9]{6}", "(x)\\\\1", "`customer` can't be used: a back-reference is not supported"),
        ("365d", "0d", "`events` is `0d`, which is no period"),
        ("365d", "soon", "`events` is `soon`, which is no period"),
        ("outputs:", "blobs:", "unknown key `blobs` in `retention`"),
    ])
    func `a mistake is named where it stands`(old: String, new: String, problem: String) throws {
        let text = Self.good.replacing(old, with: new)
        try #require(text != Self.good)
        let error = try #require(throws: WorkflowErrors.self) { try JournalSettings.parse(text, file: "journal.yaml") }
        #expect(error.description.contains(problem), "\(error)")
        #expect(error.description.hasPrefix("journal.yaml:"))
        #expect(!error.description.contains("hunter2-value"))
    }

    @Test func `a file that can't be read is no empty one`() throws {
        let folder = try TemporaryFolder(["folder.yaml/x": ""])
        #expect(throws: WorkflowErrors.self) { try JournalSettings.load(path: folder.path + "/folder.yaml") }
    }

    @Test func `a workflow says what its runs replace, and can't say what they keep`() throws {
        let folder = try TemporaryFolder([
            "workflow.yaml": """
            workflow: tickets
            description: d
            redact: [email, mac, email]
            steps:
              - id: text
                render: { template: "x" }
            """
        ])
        #expect(try Workflow.load(path: folder.path, tools: []).redact == [.email, .mac])
        try folder.write(
            """
            workflow: tickets
            keep: [secret]
            redact: [card]
            steps:
              - id: text
                render: { template: "x" }
            """, to: "workflow.yaml")
        let error = try #require(throws: WorkflowErrors.self) { try Workflow.load(path: folder.path, tools: []) }
        #expect(error.description.contains("unknown key `keep` in the workflow"))
        #expect(error.description.contains("`redact` has `card`, which is unknown"))
    }

    @Test func `the trackers' secrets are named, users are not`() throws {
        let list = try TrackerList.parse(
            """
            trackers:
              bugs: { kind: roundup, url: "https://bugs.example.org/demo", user_env: BUGS_USER, password_env: BUGS_PASSWORD }
              hub: { kind: github, repository: owner/name, token_env: HUB_TOKEN }
              other: { kind: github, repository: owner/other, token_env: HUB_TOKEN }
            """, file: "trackers.yaml")
        #expect(list.secretVariables == ["BUGS_PASSWORD", "HUB_TOKEN"])
    }
}
