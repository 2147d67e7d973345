#pragma once

#include "base/clock.hpp"
#include "twin/codec/aasx.hpp"
#include "twin/plant/plant_twins.hpp"
#include "twin/repository/files.hpp"
#include "twin/repository/repository.hpp"
#include "twin/service/machine_values.hpp"

namespace hanse::twin {

/// What came of bringing in a document.
struct TwinImportReport {
  std::int64_t shells = 0, submodels = 0, concept_descriptions = 0, files = 0;
  std::int64_t errors = 0, warnings = 0;
  bool kept = false;  ///< False for a dry run, and when nothing of it could be kept.
  std::vector<TwinFinding> findings;
};
HANSE_DESCRIBE(TwinImportReport, (shells, submodels, concept_descriptions, files, errors, warnings, kept, findings))

/// A twin as it was.
struct PastTwin {
  Repository::Entry node;
  std::optional<Timestamp> since;  ///< When it became so; nothing for what the plant makes.
  std::string actor;               ///< Who made it so; empty when nobody knows.
};

/// All twins of the node as one: those that the plant has by itself, and those that people brought or wrote. Lists have
/// the generated ones first. Blocking; safe from many threads.
class Twins {
 public:
  /// `machine` outlives it; null: nothing is written at machines.
  Twins(store::Store& store, const Clock& clock, std::shared_ptr<PlantTwins> plant, std::int64_t versions_kept,
        MachineValues* machine = nullptr);

  /// Null when there is none. Shells of the plant carry the submodels that were added to them.
  Result<Repository::Entry> find(Class of, std::string_view id);
  /// Errors: `not_found`.
  Result<Repository::Entry> get(Class of, std::string_view id);
  /// Errors: `invalid` for a cursor that no page gave.
  Result<Repository::Page> list(Class of, const Repository::Filter& filter, const std::optional<std::string>& cursor,
                                std::int64_t limit);

  /// These check what is written, strictly. Errors: `invalid`, naming path and constraint; `forbidden` for what the
  /// plant makes; `conflict`, `not_found`.
  Result<void> create(const store::Actor& actor, Node node);
  Result<bool> put(const store::Actor& actor, Node node);
  Result<void> remove(const store::Actor& actor, Class of, std::string_view id);
  /// Many, all or none. Errors: as of one, naming which.
  Result<void> create_all(const store::Actor& actor, const std::vector<Node>& nodes);
  Result<void> put_all(const store::Actor& actor, const std::vector<Node>& nodes);
  Result<void> remove_all(const store::Actor& actor, Class of, const std::vector<std::string>& ids) {
    return repository_.remove_all(actor, of, ids);
  }
  Result<Repository::Entry> change(const store::Actor& actor, Class of, std::string_view id,
                                   const std::function<Result<void>(Node&)>& work);
  /// To a shell, also one that the plant makes. Errors: `conflict` when it has it, `not_found`.
  Result<void> add_submodel(const store::Actor& actor, std::string_view shell, Node reference);
  Result<void> remove_submodel(const store::Actor& actor, std::string_view shell, std::string_view submodel);

  /// Brings in JSON, XML or AASX, told apart by its first bytes; tolerantly: what is sound is kept, and the report says
  /// what isn't. Errors: `invalid` when it can't be read at all, `too_large`.
  Result<TwinImportReport> import(const store::Actor& actor, std::string_view bytes, bool dry_run);
  /// The environment of the named ones, all when both are empty. Errors: `not_found`; `too_large` over 10,000 objects.
  Result<Node> environment(const std::vector<std::string>& shells, const std::vector<std::string>& submodels,
                           bool concept_descriptions);
  /// With the files that its elements name and that are kept here.
  Result<std::string> package(Node environment);

  /// How it was at that time. What the plant makes is as it is made now: only its values were others. Errors:
  /// `not_found`, saying why.
  Result<PastTwin> at(Class of, std::string_view id, Timestamp time);
  /// Newest first; none of what the plant makes.
  Result<store::StoredPage<TwinVersion>> versions(Class of, std::string_view id,
                                                  const std::optional<std::string>& cursor, std::int64_t limit) const {
    return repository_.versions().list(kind_of(of), id, cursor, limit);
  }

  SignalValues live() const { return {plant_->parts().directory, plant_->parts().history}; }
  SignalValues values_at(Timestamp time) const { return {plant_->parts().directory, plant_->parts().history, time}; }
  PlantTwins& plant() { return *plant_; }
  MachineValues* machine() const { return machine_; }
  const Clock& clock() const { return clock_; }
  const store::Collection<StoredFile>& files() const { return files_; }
  const store::Collection<AssetLinks>& links() const { return links_; }
  const store::Collection<StoredPackage>& packages() const { return packages_; }
  store::Store& store() { return store_; }

 private:
  Result<void> check_writable(std::string_view id) const;
  Result<void> check_all(const std::vector<Node>& nodes) const;
  Result<Repository::Entry> with_added(Repository::Entry shell);
  Result<void> keep(const store::Actor& actor, Package package, TwinImportReport& report);

  store::Store& store_;
  const Clock& clock_;
  std::shared_ptr<PlantTwins> plant_;
  MachineValues* machine_;
  Repository repository_;
  store::Collection<StoredFile> files_;
  store::Collection<AssetLinks> links_;
  store::Collection<StoredPackage> packages_;
  store::Collection<AddedSubmodels> added_;
};

/// Errors: `invalid`, naming each finding. The edition is that of 3.0 and 3.1 together.
Result<void> check_strictly(const Node& node);

}  // namespace hanse::twin
