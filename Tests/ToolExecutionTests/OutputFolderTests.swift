import Foundation
import TestSupport
import Testing
import ToolExecution

@Suite struct OutputFolderTests {
    @Test(arguments: ["a.txt", "deep/er/a.txt", "a..b/...txt", " spaced "])
    func `a plain path is written below the folder`(path: String) throws {
        let folder = try TemporaryFolder()
        try OutputFolder(folder.path("out")).write(Array("x".utf8), to: path)
        try OutputFolder(folder.path("out")).write(Array("new".utf8), to: path)
        #expect(try folder.text(of: "out/" + path) == "new")
    }

    @Test(arguments: ["", "/", "/tmp/x", "..", "../x", "a/../x", "a/../../x", "./x", "a/.", "a\0b"])
    func `a path that could leave the folder is refused`(path: String) throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ToolError.self) {
            try OutputFolder(folder.path("out")).write(Array("x".utf8), to: path)
        }
        #expect(error?.code == .refused)
        #expect(try folder.listing().filter { $0 != "out" } == [])
    }

    @Test func `a link to another folder is not followed`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("elsewhere")
        try folder.makeFolder("out/real")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("out/link"), withDestinationPath: folder.path("elsewhere"))
        let output = OutputFolder(folder.path("out"))
        try output.write([1], to: "real/x")
        let error = #expect(throws: ToolError.self) { try output.write([1], to: "link/x") }
        #expect(error?.code == .refused)
        #expect(!folder.contains("elsewhere/x"))
        #expect(folder.contains("out/real/x"))
    }

    @Test func `a link in the place of the file is neither followed nor replaced`() throws {
        let folder = try TemporaryFolder()
        try folder.write("old", to: "victim")
        try folder.makeFolder("out")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("out/x"), withDestinationPath: folder.path("victim"))
        let error = #expect(throws: ToolError.self) { try OutputFolder(folder.path("out")).write([1], to: "x") }
        #expect(error?.code == .refused)
        #expect(try folder.text(of: "victim") == "old")
    }

    @Test func `a file in the place of a folder is refused`() throws {
        let folder = try TemporaryFolder()
        let output = OutputFolder(folder.path("out"))
        try output.write([1], to: "x")
        #expect(throws: ToolError.self) { try output.write([1], to: "x/y") }
        try output.write([1], to: "z/y")
    }
}
