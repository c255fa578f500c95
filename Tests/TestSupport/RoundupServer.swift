import Foundation
package import JSONSchemas

/// A real Roundup server with a fresh tracker, on a free loopback port, for one test. It ends with the value.
package final class RoundupServer: Sendable {
    package static let user = "filer"
    package static let password = "a-password-for-tests"

    /// The port it listens on.
    package let port: Int
    /// `http://127.0.0.1:PORT/demo`.
    package var url: String { "http://127.0.0.1:\(port)/demo" }
    private let folder: TemporaryFolder
    private let process: Process

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The folder that `Scripts/test setup` installs Roundup into.
    private static var packages: String {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/") + "/.cache"
        return cache + "/warrant/roundup/2.6.0"
    }

    /// Makes a tracker and starts its server.
    package init() throws {
        guard FileManager.default.fileExists(atPath: Self.packages + "/roundup") else {
            throw Failure(description: "Roundup is not installed in \(Self.packages): run `Scripts/test setup`.")
        }
        folder = try TemporaryFolder()
        let port = try Self.freePort()
        self.port = port
        let home = folder.path("tracker")
        try Self.admin(home, ["install", "classic", "anydbm"])
        try folder.write(
            """
            [main]
            admin_email = admin@localhost
            password_pbkdf2_default_rounds = 1000
            [tracker]
            name = demo
            web = http://127.0.0.1:\(port)/demo/
            [mail]
            domain = localhost
            host = localhost
            debug = \(folder.path("mail.log"))
            [rdbms]
            backend = sqlite
            [web]
            api_failed_login_limit = 0

            """, to: "tracker/config.ini")
        try Self.admin(home, ["initialise", "a-password-for-the-administrator"])
        try Self.admin(
            home,
            [
                "create", "user", "username=\(Self.user)", "password=\(Self.password)", "roles=User",
                "address=filer@localhost",
            ])
        // Roundup refuses to run as root by default; asked for that very user it runs, here for one test on loopback.
        process = try Self.python(
            [
                "-m", "roundup.scripts.roundup_server", "-n", "127.0.0.1", "-p", String(port), "-u", String(getuid()),
                "-t", "thread", "-l", folder.path("server.log"), "demo=" + home,
            ])
        try process.run()
        try waitUntilUp()
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// Ends the server; the tracker's data stays.
    package func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What the server answers to a GET, without any relay.
    package func get(_ path: String) throws -> JSONValue {
        let credentials = Data("\(Self.user):\(Self.password)".utf8).base64EncodedString()
        let request = LoopbackServer.Request(
            method: "GET", target: "/demo/rest" + path,
            headers: [
                "authorization": "Basic " + credentials, "x-requested-with": "rest", "accept": "application/json",
            ],
            body: [])
        return try JSONValue(parsing: LoopbackClient.pass(request, to: port).body)
    }

    /// The titles of all issues, in the order they were filed.
    package func titles() throws -> [String] {
        try get("/data/issue?@verbose=2&@fields=title&@sort=id")["data"]?["collection"]?.arrayValue?
            .compactMap { $0["title"]?.stringValue } ?? []
    }

    private func waitUntilUp() throws {
        // It has nothing to tell when it listens, so it is asked.
        for _ in 0..<200 {
            if (try? get("/data/issue"))?["data"] != nil { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw Failure(description: "Roundup did not start: \((try? folder.text(of: "server.log")) ?? "")")
    }

    private static func admin(_ home: String, _ arguments: [String]) throws {
        let process = try python(["-m", "roundup.scripts.roundup_admin", "-i", home] + arguments)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "roundup-admin \(arguments[0]) ended with \(process.terminationStatus).")
        }
    }

    private static func python(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-s"] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    private static func freePort() throws -> Int {
        // The port is free again when the value is gone; another test could take it, and then this one fails to start.
        try LoopbackServer { _ in LoopbackServer.Answer() }.port
    }
}
