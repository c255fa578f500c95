import Testing

/// The repository as it is.
@Suite struct RepositoryTests {
    @Test func `every source file keeps the import table and the house rules`() throws {
        let rooms = try Repository.folders(in: "Sources").subtracting(ImportTable.systemModules)
        #expect(rooms.count > 10)
        var fileCount = 0
        for room in rooms.sorted() {
            let sources = try Repository.sources(of: room)
            #expect(!sources.isEmpty, "\(room) has no Swift file")
            fileCount += sources.count
            for violation in sources.flatMap(HouseRules.violations) { Issue.record("\(violation)") }
        }
        #expect(fileCount > 50)
    }

    @Test func `a C module is a module map and a header, no Swift`() throws {
        for module in ImportTable.systemModules {
            #expect(try Repository.sources(of: module).isEmpty)
            #expect(try Repository.text(of: "Sources/\(module)/module.modulemap").contains("[system]"))
        }
    }

    @Test func `the program between bubblewrap and a command stays short enough to review`() throws {
        let manifest = try Repository.text(of: "Package.swift")
        for (program, folder) in ImportTable.programs {
            #expect(manifest.contains("name: \"\(program)\""))
            let files = try Repository.files(in: folder)
            #expect(files.contains { $0.hasSuffix(".c") })
            #expect(files.allSatisfy { $0.hasSuffix(".c") || $0.hasSuffix(".h") }, "\(folder) holds C and nothing else")
        }
        let lines = try Repository.files(in: "Sandbox/helper").reduce(0) {
            $0
                + (try Repository.text(of: "Sandbox/helper/\($1)").split(
                    separator: "\n", omittingEmptySubsequences: false
                ).count)
        }
        #expect(lines <= 900)
    }

    @Test func `every target has a folder and every folder a target`() throws {
        let manifest = PackageManifest(text: try Repository.text(of: "Package.swift"))
        #expect(Set(manifest.sourceTargets.keys) == (try Repository.folders(in: "Sources")))
        // Policies are read by tests and by `warrant policy replay`; nothing in that folder is compiled.
        #expect(manifest.testTargets == (try Repository.folders(in: "Tests").subtracting(["Policies"])))
    }

    @Test func `no target depends on more than the import table allows`() throws {
        let manifest = PackageManifest(text: try Repository.text(of: "Package.swift"))
        for (target, dependencies) in manifest.sourceTargets where !ImportTable.systemModules.contains(target) {
            let allowed = try #require(
                ImportTable.allowed[target], "\(target) has no row in the import table")
            #expect(dependencies.subtracting(allowed) == [], "\(target)")
        }
    }

    @Test func `every room with logic has tests of its own`() throws {
        let tests = try Repository.folders(in: "Tests")
        let rooms = Set(ImportTable.allowed.keys).subtracting(["CLI", "Benchmarks", "QueryProgram"])
        #expect(Set(rooms.map { $0 + "Tests" }).subtracting(tests) == [])
    }

    @Test func `rooms are named for what happens in them`() throws {
        #expect(try Repository.folders(in: "Sources").isDisjoint(with: ImportTable.emptyNames))
    }
}
