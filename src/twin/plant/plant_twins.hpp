#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "historian/historian.hpp"
#include "plant/plant.hpp"
#include "twin/codec/forms.hpp"
#include "twin/plant/asset_interfaces.hpp"

namespace hanse::twin {

struct PlantTwinParts {
  const plant::Plant& plant;
  const signal::Directory& directory;
  historian::Historian& history;
  const InterfaceSource* interfaces = nullptr;  ///< Null: nobody knows how machines are spoken to.
};

/// Values of signals at this moment, straight from the historian's memory, or at an earlier one. Made for one request.
class SignalValues final : public LiveValues {
 public:
  SignalValues(const signal::Directory& directory, historian::Historian& history, std::optional<Timestamp> at = {})
      : signals_(directory.snapshot()), history_(history), at_(at) {}
  std::optional<std::string> value_of(std::string_view signal) const override;

 private:
  std::shared_ptr<const signal::Signals> signals_;
  historian::Historian& history_;
  std::optional<Timestamp> at_;
};

/// The signal that a binding names, as in `press-07/spindle_speed`; null when there is none.
const signal::Signal* signal_named(const signal::Signals& signals, std::string_view binding);
/// A sample as text of a property; nothing for null and what its type has no text for.
std::optional<std::string> text_of(const signal::Sample& sample, std::string_view text);
std::string_view xsd_type_of(signal::ValueType type);

/// The shells that every node of the equipment tree has by itself, and their submodels: Nameplate, Signals, TimeSeries,
/// Indicators (figures that apps computed), Structure, and of what is connected the interfaces' description with the
/// mapping of their values. Made from the plant's records when they are asked for; values
/// are bound and never copied. Safe from many threads.
class PlantTwins {
 public:
  /// Ids begin with `base`, as in `urn:hanse:shell:press-07`.
  PlantTwins(PlantTwinParts parts, std::string base);

  /// Sorted. `of` is a shell or a submodel; other classes have none.
  std::shared_ptr<const std::vector<std::string>> ids(Class of);
  /// Null when there is none.
  std::shared_ptr<const Node> find(Class of, std::string_view id);
  /// Does the plant make what has this id? Also when it isn't there.
  bool owns(std::string_view id) const {
    return id.starts_with(base_ + ":shell:") || id.starts_with(base_ + ":submodel:");
  }
  const std::string& base() const { return base_; }
  const PlantTwinParts& parts() const { return parts_; }

  /// The asset that a generated submodel is of, and which of its submodels; nothing for other ids.
  struct Part {
    plant::AssetId asset;
    std::string name;
  };
  std::optional<Part> part_of(std::string_view submodel) const;

 private:
  using Nodes = std::map<std::string, std::shared_ptr<const Node>, std::less<>>;
  /// What was made of one state of the plant.
  struct Made {
    std::shared_ptr<const plant::Records> records;
    std::shared_ptr<const signal::Signals> signals;
    std::uint64_t interfaces = 0;  ///< The revision.
    std::shared_ptr<const std::vector<std::string>> shells, submodels;
    std::mutex mutex;
    Nodes nodes;
  };
  std::shared_ptr<Made> made();
  Node make_shell(const Made& made, const plant::Asset& asset) const;
  std::optional<Node> make_submodel(const Made& made, const plant::Asset& asset, std::string_view name) const;
  std::string submodel_id(const plant::AssetId& asset, std::string_view name) const;
  Node structure(const Made& made, const plant::Asset& asset) const;
  Node mapping(const Made& made, const plant::AssetId& asset, std::string_view id) const;

  PlantTwinParts parts_;
  std::string base_;
  std::mutex mutex_;
  std::shared_ptr<Made> made_;
};

/// Answers an operation of a generated submodel: ReadRecords and DeriveSegment of TimeSeries. `inputs` are the
/// arguments' elements; the result the output arguments. Nothing when the submodel has no such operation.
std::optional<Result<std::vector<Node>>> invoke_time_series(PlantTwins& twins, std::string_view submodel,
                                                            std::string_view operation, std::span<const Node> inputs);

}  // namespace hanse::twin
