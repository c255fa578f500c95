import Testing
import WebAddresses
import WorkflowFormat

@Suite struct TrackerReaderTests {
    private static let good = """
        trackers:
          bugs:
            kind: roundup
            url: https://bugs.example/demo/
            project: demo
            user_env: BUGS_USER
            password_env: BUGS_PASSWORD
            allow_private: [10.0.0.0/8]
            timeout: 5s
            fields: { closed: done }
          hub: { kind: github, repository: owner/name, token_env: HUB_TOKEN }

        """

    @Test func `trackers are read with their defaults`() throws {
        let list = try TrackerList.parse(Self.good, file: "trackers.yaml")
        let bugs = try #require(list.tracker("bugs"))
        #expect(bugs.location == "https://bugs.example/demo")
        #expect(bugs.timeout == .seconds(5) && bugs.patience == .seconds(60))
        #expect(bugs.allowPrivate.map(\.description) == ["10.0.0.0/8"])
        let hub = try #require(list.tracker("hub"))
        #expect(hub.location == "https://api.github.com" && hub.project == "owner/name")
        #expect(list.tracker("none") == nil)
    }

    @Test(arguments: [
        ("kind: roundup", "kind: rondup", "3:11", "`rondup`"), ("project: demo", "projct: demo", "5:5", "`projct`"),
        ("https://bugs.example/demo/", "https://me:pw@bugs.example/", "4:10", "user name"),
        ("10.0.0.0/8", "10.0.0.1/8", "8:21", "range"), ("timeout: 5s", "timeout: 5 h", "9:14", "duration"),
        ("owner/name", "owner", "11:36", "owner/name"), ("BUGS_PASSWORD", "hunter2", "7:19", "environment variable"),
        ("    user_env: BUGS_USER\n", "", "3:5", "user_env"), ("bugs:", "local:", "2:3", "always there"),
        ("closed: done", "closed: 'a&b'", "10:23", "closed"),
    ])
    func `a mistake is named with its place`(old: String, new: String, place: String, says: String) {
        let error = #expect(throws: WorkflowErrors.self) {
            try TrackerList.parse(Self.good.replacing(old, with: new), file: "trackers.yaml")
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("trackers.yaml:\(place): Can't read tracker configuration: "), "\(text)")
        #expect(text.contains(says) && !text.contains("hunter2"), "\(text)")
    }

    @Test func `a file that isn't there lists nothing`() throws {
        #expect(try TrackerList.load(path: "/nowhere/trackers.yaml").trackers.isEmpty)
    }
}
