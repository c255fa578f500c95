import ModelRuntime

/// The smallest of the catalog's weights that are on this machine.
enum LocalWeights {
    static let entry = CatalogEntry.bundled.sorted { $0.byteCount < $1.byteCount }.first {
        ModelCatalog().isPresent($0)
    }
}
