import Testing

@Suite struct PackageManifestTests {
    private static let text = """
        let package = Package(
            products: [.executable(name: "tool", targets: ["CLI"])],
            targets: [
                .target(name: "A"),
                .target(
                    name: "B",
                    dependencies: ["A", .product(name: "Yams", package: "Yams-package")]),
                .systemLibrary(name: "CThing", pkgConfig: "thing", providers: [.apt(["thing-dev"])]),
                .executableTarget(name: "CLI", dependencies: ["B"]),
                .target(name: "TestSupport", dependencies: ["A"], path: "Tests/TestSupport"),
            ]
        )
        let testedRooms: [String: [Target.Dependency]] = [
            "A": [],
            "B": [
                "A"
            ],
        ]
        package.targets += [.testTarget(name: "EndToEndTests", dependencies: ["CLI"])]
        """

    @Test func `targets and their modules are read`() {
        let manifest = PackageManifest(text: Self.text)
        #expect(manifest.sourceTargets == ["A": [], "B": ["A", "Yams"], "CThing": [], "CLI": ["B"]])
        #expect(manifest.testTargets == ["TestSupport", "ATests", "BTests", "EndToEndTests"])
    }
}
