#pragma once

#include <string>
#include <vector>

#include "twin/codec/xml_codec.hpp"

namespace hanse::twin {

/// A file in a package besides the environment.
struct PackageFile {
  std::string path;  ///< `/aasx/files/manual.pdf`, as elements name it.
  std::string content_type;
  std::string content;
};

struct Package {
  Node environment{Class::Environment};
  std::vector<PackageFile> files;
  std::string thumbnail;  ///< Path of the package's thumbnail; empty for none.
};

/// What is refused, however well it is packed.
struct PackageLimits {
  std::size_t entries_max = 20'000;
  std::size_t entry_bytes_max = 256u << 20;
  std::size_t total_bytes_max = 512u << 20;
};

/// Reads a package. What can't be kept of it is in `findings`; the parts that hold environments become one. Never
/// writes a file: paths that lead out of the package are findings. Errors: `invalid` when it is no zip file or holds no
/// environment, `too_large`. Source: IDTA 01005; OPC (ISO/IEC 29500-2).
Result<Package> read_aasx(std::string_view bytes, const Reading& reading, Findings& findings,
                          const PackageLimits& limits = {});

/// The package with an XML environment. Errors: `invalid`, naming a file that has no proper path.
Result<std::string> write_aasx(const Package& package, Edition edition = Edition::v3_1);

}  // namespace hanse::twin
