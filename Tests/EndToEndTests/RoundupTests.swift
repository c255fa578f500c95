import Foundation
import JSONSchemas
import Synchronization
import TestSupport
import Testing

/// Runs of the built executable that file issues into a real Roundup server.
@Suite(.serialized, .timeLimit(.minutes(20))) struct RoundupTests {
    private let command: Command
    private let server: RoundupServer
    private let relay: Relay

    private static let titles = ["one", "two", "three", "four", "five"]

    init() throws {
        command = try Command()
        server = try RoundupServer()
        relay = try Relay(to: server.port)
        try command.folder.write(Workflows.filing.replacing("max: 3", with: "max: 5"), to: "filing/workflow.yaml")
        try command.folder.write(Self.titles.map { #"{"title": "\#($0)"}"# + "\n" }.joined(), to: "filing/rows.jsonl")
        try command.folder.write(
            (0..<5).map { #"{"step": "each[\#($0)]/class", "value": {"bad": "much"}}"# + "\n" }.joined(),
            to: "script.jsonl")
        try configure()
    }

    private func configure(port: Int? = nil, more: String = "timeout: 20s, patience: 30s") throws {
        try command.folder.write(
            """
            trackers:
              bugs:
                { kind: roundup, url: "http://127.0.0.1:\(port ?? relay.port)/demo/", project: demo,
                  user_env: BUGS_USER, password_env: BUGS_PASSWORD, allow_private: [127.0.0.1], \(more) }

            """, to: "config/warrant/trackers.yaml")
    }

    private var environment: [String: String] {
        [
            "XDG_CONFIG_HOME": command.folder.path("config"), "BUGS_USER": RoundupServer.user,
            "BUGS_PASSWORD": RoundupServer.password,
        ]
    }

    private func run(_ exit: Int32, _ environment: [String: String]? = nil) throws -> Finished {
        try command.verdict(
            [
                "run", command.folder.path("filing"), "--tracker", "bugs", "--model",
                "scripted:" + command.folder.path("script.jsonl"), "--output", command.folder.path("out"),
            ], exit: exit, environment: environment ?? self.environment)
    }

    /// A run whose five issues are approved and not filed yet.
    private func approved() throws -> String {
        let run = try #require(try run(2).verdict?["run"]?.stringValue)
        #expect(try command.run(["approve", run, "all"]).status == 0)
        #expect(try server.titles() == [])
        return run
    }

    private func resume(_ run: String, exit: Int32, _ environment: [String: String]? = nil) throws -> Finished {
        try command.verdict(["resume", run], exit: exit, environment: environment ?? self.environment)
    }

    /// Everything that was stored or printed, to look for secrets in.
    private func expectNoSecret(_ finished: Finished) throws {
        let secret = Data("\(RoundupServer.user):\(RoundupServer.password)".utf8).base64EncodedString()
        for text in [RoundupServer.password, secret] {
            #expect(!finished.output.contains(text) && !finished.errors.contains(text))
            for name in try command.folder.listing() where !name.hasPrefix("config/") {
                var isFolder: ObjCBool = false
                // The pointer is to a local variable that outlives the call.
                _ = unsafe FileManager.default.fileExists(atPath: command.folder.path(name), isDirectory: &isFolder)
                if isFolder.boolValue { continue }
                let bytes = try command.folder.bytes(of: name)
                #expect(bytes.firstRange(of: Array(text.utf8)) == nil, "\(name) holds a secret")
            }
        }
    }

    @Test func `five approved issues are filed, with their text and footer`() throws {
        let run = try approved()
        let done = try resume(run, exit: 0)
        #expect(try server.titles() == Self.titles)
        let message = try server.get("/data/msg/1?@verbose=3")["data"]?["attributes"]?["content"]?.stringValue
        #expect(message?.hasPrefix("much") == true)
        #expect(message?.contains("in run \(run), approved by tester") == true)
        try expectNoSecret(done)
        let check = try command.run(["tracker", "check", "bugs"], environment: environment)
        #expect(check.status == 0 && check.output.hasPrefix("ok: `bugs`"), "\(check.errors)")
    }

    /// Where `warrant` is killed between sending and the answer.
    enum Point: String, CaseIterable {
        case textStored, issueFiled, issueOnItsWay
    }

    @Test(arguments: Point.allCases)
    func `killed between send and answer, a run files each issue once`(point: Point) throws {
        let run = try approved()
        let counter = Counter()
        relay.set { request in
            guard request.method == "POST" else { return .pass }
            let isText = request.target.hasSuffix("/data/msg")
            let isIssue = request.target.contains("/data/issue/@poe/")
            switch point {
            case .textStored: return isText && counter.next() == 2 ? .loseAnswer : .pass
            case .issueFiled: return isIssue && counter.next() == 3 ? .loseAnswer : .pass
            case .issueOnItsWay: return isIssue && counter.next() == 3 ? .hold : .pass
            }
        }
        let started = try command.start(["resume", run, "--json"], environment: environment)
        relay.waitForLoss()
        started.send(SIGKILL)
        #expect(started.wait().wasKilled)
        let filed = [Point.textStored: 1, .issueFiled: 3, .issueOnItsWay: 2][point]
        #expect(try server.titles().count == filed)
        relay.set { _ in .pass }
        _ = try resume(run, exit: 0)
        #expect(try server.titles() == Self.titles)
        // What was on its way all the time arrives now, and is refused.
        let late: [Int] = point == .issueOnItsWay ? [400] : []
        #expect(relay.deliverHeld() == late)
        #expect(try server.titles() == Self.titles)
        #expect(try command.run(["verify"]).status == 0)
    }

    enum Trouble: String, CaseIterable {
        case down, slow, failing, busy, garbage, html
    }

    @Test(arguments: Trouble.allCases)
    func `a server in trouble leaves calls for later, and nothing is filed twice`(trouble: Trouble) throws {
        let run = try approved()
        try configure(more: "timeout: 1s, patience: 2s")
        relay.set { request in
            guard request.method == "POST", request.target.contains("/data/issue/@poe/") else { return .pass }
            switch trouble {
            // It does its work, and its answer is lost or spoilt.
            case .slow: return .loseAnswer
            case .down: return .answer(.init(status: 502))
            case .failing: return .answer(.init(status: 500, body: Array("<h1>oops</h1>".utf8)))
            case .busy: return .answer(.init(status: 429, headers: ["Retry-After": "3600"]))
            case .garbage: return .answer(.init(body: [0, 255, 254, 123]))
            case .html: return .answer(.init(status: 200, body: Array("<html>log in</html>".utf8)))
            }
        }
        let begun = ContinuousClock.now
        let parked = try resume(run, exit: trouble == .slow ? 0 : 75)
        #expect(begun.duration(to: .now) < .seconds(60))
        if trouble == .slow {
            // Every answer is lost, every effect is looked up, none is sent again.
            #expect(try server.titles() == Self.titles)
            return
        }
        #expect(parked.verdict?["outcome"] == "try_again")
        #expect(parked.verdict?["reason"]?.stringValue?.contains("5 calls are left") == true)
        #expect(command.folder.contains("out/result.json"))
        #expect(try server.titles() == [])
        relay.set { _ in .pass }
        _ = try resume(run, exit: 0)
        #expect(try server.titles() == Self.titles)
    }

    @Test func `a server that comes back in time is asked again`() throws {
        let run = try approved()
        let counter = Counter()
        relay.set { request in
            guard request.target.contains("/data/issue/@poe/") else { return .pass }
            switch counter.next() {
            case 1: return .answer(.init(status: 500))
            case 3: return .answer(.init(status: 429, headers: ["Retry-After": "1"]))
            case 5: return .answer(.init(body: Array("?".utf8)))
            default: return .pass
            }
        }
        _ = try resume(run, exit: 0)
        #expect(try server.titles() == Self.titles)
        #expect(counter.next() == 9)
    }

    @Test func `a tracker that disappears half way leaves the rest, which is done when it is back`() throws {
        let run = try approved()
        try configure(more: "timeout: 1s, patience: 1s")
        let counter = Counter()
        let gone = LoopbackServer.Answer(status: 503)
        relay.set { request in
            if request.target.contains("/data/issue/@poe/") { counter.next() }
            return counter.value > 2 ? .answer(gone) : .pass
        }
        let parked = try resume(run, exit: 75)
        #expect(parked.verdict?["reason"]?.stringValue?.contains("3 calls are left") == true)
        #expect(try server.titles() == ["one", "two"])
        relay.set { _ in .pass }
        _ = try resume(run, exit: 0)
        #expect(try server.titles() == Self.titles)
    }

    @Test func `nobody listening is said in one sentence with 75`() throws {
        let run = try approved()
        server.stop()
        try configure(port: server.port, more: "timeout: 1s, patience: 1s")
        let parked = try resume(run, exit: 65)
        #expect(parked.verdict?["reason"]?.stringValue?.contains("not the one it began with") == true)
        try configure(more: "timeout: 1s, patience: 1s")
        #expect(try resume(run, exit: 75).verdict?["outcome"] == "try_again")
    }

    @Test(arguments: ["BUGS_PASSWORD", "BUGS_USER"])
    func `a missing secret is said before anything runs`(name: String) throws {
        // Control arm: with both the run starts.
        _ = try run(2)
        let before = try command.run(["runs", "--json"]).output.split(separator: "\n").count
        let asked = relay.requests.count
        let failed = try run(78, environment.merging([name: ""]) { $1 })
        #expect(
            failed.verdict?["reason"]?.stringValue
                == "Can't use tracker `bugs`: the environment variable `\(name)` is not set.")
        #expect(try command.run(["runs", "--json"]).output.split(separator: "\n").count == before)
        #expect(relay.requests.count == asked)
    }

    @Test func `a wrong password leaves every call for later`() throws {
        let run = try approved()
        let wrong = environment.merging(["BUGS_PASSWORD": "another"]) { $1 }
        let parked = try resume(run, exit: 75, wrong)
        #expect(parked.verdict?["reason"]?.stringValue?.contains("credentials") == true)
        #expect(try server.titles() == [])
        _ = try resume(run, exit: 0)
        #expect(try server.titles() == Self.titles)
    }

    @Test func `a proxy of the environment is not asked`() throws {
        let proxy = try LoopbackServer { _ in .init(body: Array("{}".utf8)) }
        let environment = environment.merging(["http_proxy": proxy.url, "ALL_PROXY": proxy.url, "no_proxy": ""]) { $1 }
        #expect(try command.run(["tracker", "check", "bugs"], environment: environment).status == 0)
        #expect(proxy.requests.isEmpty)
        // Control arm: another client asks the proxy.
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import urllib.request as u; u.urlopen('http://only.test/').read()"]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try process.run()
        process.waitUntilExit()
        #expect(proxy.requests.count == 1)
    }

    @Test func `a tracker at a private address has to be named`() throws {
        try configure()
        #expect(try command.run(["tracker", "check", "bugs"], environment: environment).status == 0)
        let text = try command.folder.text(of: "config/warrant/trackers.yaml")
        try command.folder.write(
            text.replacing("allow_private: [127.0.0.1]", with: "allow_private: [10.0.0.0/8]"),
            to: "config/warrant/trackers.yaml")
        let refused = try command.run(["tracker", "check", "bugs"], environment: environment)
        #expect(refused.status == 75)
        #expect(refused.errors.contains("loopback"), "\(refused.errors)")
    }

    @Test func `a mistake in the configuration is named with its place`() throws {
        let text = try command.folder.text(of: "config/warrant/trackers.yaml")
        try command.folder.write(
            text.replacing("password_env", with: "pasword_env"), to: "config/warrant/trackers.yaml")
        let failed = try run(65)
        let reason = failed.verdict?["reason"]?.stringValue ?? ""
        #expect(
            reason.contains(#/trackers\.yaml:\d+:\d+: Can't read tracker configuration: unknown key `pasword_env`/#))
    }
}

/// Counts across threads.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    @discardableResult
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
