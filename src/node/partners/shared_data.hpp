#pragma once

#include <string>

#include "dataspace/data_source.hpp"
#include "historian/historian.hpp"
#include "plant/plant.hpp"
#include "signal/directory.hpp"
#include "twin/service/twins.hpp"

namespace hanse::node {

struct SharedDataParts {
  historian::Historian& history;
  const signal::Directory& directory;
  plant::Plant& plant;
  const std::unique_ptr<twin::Twins>& twins;  ///< Made later than this; null while there are none.
  const Clock& clock;
  std::string folder;  ///< Files that may be shared lie in here, and nowhere else.
};

/// What this node can share: a signal's history (source: its number, or `asset/name`), production events of an asset
/// (source: the asset's id), shells and submodels (source: an id and what of it, see `twin::read_offered_twin`), files
/// of one folder (source: a path below it).
class SharedData final : public dataspace::DataSource {
 public:
  explicit SharedData(SharedDataParts parts) : parts_(std::move(parts)) {}
  Result<dataspace::DataPiece> read(const dataspace::Dataset& dataset, const dataspace::DataWindow& window) override;

 private:
  Result<dataspace::DataPiece> series(const dataspace::Dataset& dataset, const dataspace::DataWindow& window);
  Result<dataspace::DataPiece> events(const dataspace::Dataset& dataset, const dataspace::DataWindow& window);
  Result<dataspace::DataPiece> twin(const dataspace::Dataset& dataset, const dataspace::DataWindow& window);
  Result<dataspace::DataPiece> file(const dataspace::Dataset& dataset, const dataspace::DataWindow& window) const;

  SharedDataParts parts_;
};

}  // namespace hanse::node
