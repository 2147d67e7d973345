#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "twin/service/twins.hpp"
#include "twin/service/wire.hpp"

namespace hanse::twin {

/// Results of operations that were started without waiting, by their handle; the last thousand.
class HandleBook {
 public:
  std::string keep(const Clock& clock, std::string result);
  std::optional<std::string> find(const std::string& handle) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> results_;  // Handles sort by time.
};

/// One request of the standard's interface on its way through a handler.
struct Call {
  Twins& twins;
  HandleBook& handles;
  HandleBook& bulk_handles;
  const api::Request& request;
  std::string base;                                       ///< `/api/v3`, as it was called.
  std::map<std::string, std::string, std::less<>> names;  ///< What stood in the path, decoded.
  QueryParameters query;

  store::Actor actor() const { return {request.caller.id}; }
  const std::string& name(std::string_view key) const { return names.find(key)->second; }
};
using Handle = Result<api::Response> (*)(Call&);

/// One operation. In `pattern`, `{aas}`, `{sm}`, `{cd}` and `{id}` are identifiers in base64url, others plain.
struct Action {
  api::Method method = api::Method::get;
  std::string pattern;
  Handle handle = nullptr;
};

// The tables of the files of the same names. The submodel's operations are there twice, also below a shell.
std::vector<Action> shell_operations();
std::vector<Action> submodel_operations();
std::vector<Action> element_operations();
std::vector<Action> concept_operations();
std::vector<Action> registry_operations();
std::vector<Action> bulk_operations();
std::vector<Action> exchange_operations();
std::vector<Action> query_operations();

// Answers.
api::Response json_response(std::string body, int status = 200);
api::Response no_content();
/// 201 with the object and where it is.
api::Response created(const Call& call, std::string_view path, std::string body);
/// The body as an object of the class, read and checked strictly. Errors: `invalid`.
Result<Node> read_body(const Call& call, Class of);
std::string full_path(const Call& call, std::string_view collection, std::string_view id);
/// The node's own address with the base, as in `http://localhost:8080/api/v3`.
std::string own_address(const Call& call);
/// The submodel the path names, which the shell, when it names one too, must refer to. Errors: `not_found`.
Result<Repository::Entry> submodel_of(Call& call);
/// `idShort`, `semanticId`, `assetIds` and so on as fields of the index. Errors: `invalid`.
Result<Repository::Filter> filter_of(const Call& call, Class of);

}  // namespace hanse::twin
