#include <cstdlib>

#include "twin/codec/json_codec.hpp"
#include "twin/query/evaluate.hpp"

namespace {

/// A shell and a submodel with something of all that queries can ask for.
const hanse::twin::Node& sample() {
  using namespace hanse::twin;
  static const Node environment = [] {
    constexpr std::string_view kText =
        R"({"assetAdministrationShells":[{"modelType":"AssetAdministrationShell","id":"s",
      "assetInformation":{"assetKind":"Instance","specificAssetIds":[{"name":"a","value":"1"},{"name":"b","value":"2"}]},
      "submodels":[{"type":"ModelReference","keys":[{"type":"Submodel","value":"m"}]}]}],"submodels":[{
      "modelType":"Submodel","id":"m","idShort":"M","submodelElements":[
      {"modelType":"Property","idShort":"P","valueType":"xs:int","value":"16"},
      {"modelType":"MultiLanguageProperty","idShort":"T","value":[{"language":"en","text":"a"}]},
      {"modelType":"SubmodelElementList","idShort":"L","typeValueListElement":"SubmodelElementCollection","value":[
      {"modelType":"SubmodelElementCollection","value":[{"modelType":"Property","idShort":"P","valueType":"xs:string",
      "value":"2026-03-02T06:00:00Z"}]}]}]}]})";
    Findings findings;
    return read_json(kText, Class::Environment, {}, findings).value();
  }();
  return environment;
}

}  // namespace

// A query, as strangers send it. It is answered for sure, the same each time, and its pieces read again are the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::twin;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto field = parse_query_field(text); field && field->text != text) std::abort();
  if (const auto pattern = TextPattern::create(text)) (void)pattern->found_in("press-07 of line 1");
  const auto query = read_query(text);
  if (!query) return 0;
  const Node* const shells[] = {&sample().nodes(Name::assetAdministrationShells).front()};
  const Node* const submodels[] = {&sample().nodes(Name::submodels).front()};
  const Subject subject{.shells = shells, .submodels = submodels};
  std::int64_t work = 100'000, again = work;
  const auto truth = evaluate(query->condition, subject, work);
  if (evaluate(query->condition, subject, again) != truth || work != again) std::abort();
  return 0;
}
