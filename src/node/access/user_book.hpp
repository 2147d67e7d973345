#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/access/password.hpp"
#include "node/access/rights.hpp"
#include "store/collection.hpp"

namespace hanse::node {

struct NewUser {
  std::string name;
  std::string password;
  std::vector<RoleGrant> roles;
  bool disabled = false;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "name",
                  .summary = "To sign in with; the journal shows it. It can't be changed later.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "password",
                  .summary = "At least 12 characters; a sentence is best.",
                  .required = true,
                  .secret = true},
        FieldNote{.field = "roles", .summary = "What the user may do; none: may only sign in.", .length_max = 100},
        FieldNote{.field = "disabled", .summary = "May not sign in for now."}};
  }
};
HANSE_DESCRIBE(NewUser, (name, password, roles, disabled))

/// What is absent stays as it is.
struct UserChange {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::vector<RoleGrant>> roles;
  std::optional<bool> disabled;
  std::optional<std::string> password;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "name", .summary = "Must be the user's name: it can't be changed.", .length_max = 100},
        FieldNote{.field = "roles", .summary = "All roles the user has from now on.", .length_max = 100},
        FieldNote{.field = "disabled", .summary = "True signs the user out everywhere and keeps them out."},
        FieldNote{.field = "password", .summary = "A new password; signs the user out everywhere.", .secret = true}};
  }
};
HANSE_DESCRIBE(UserChange, (id, name, roles, disabled, password))

/// The users and their passwords. What changes a user's ways in (password, disabling, deletion) ends their sessions,
/// and deletion their tokens, in the same transaction. There's always an administrator once there was one.
class UserBook {
 public:
  UserBook(store::Store& store, PasswordCost cost);

  /// The id that a name would have. Errors: `invalid`, with a sentence for the field `name`.
  static Result<std::string> id_of(std::string_view name);
  /// What the giver may give; a change of anything beyond is `forbidden`.
  using Giver = std::optional<Rights>;  ///< Nothing: the node itself, at set-up.

  Result<std::optional<store::Stored<User>>> find(std::string_view id) const { return users_.find(id); }
  Result<store::Stored<User>> get(std::string_view id) const { return users_.get(id); }
  Result<store::StoredPage<User>> list(store::Query query) const { return users_.list(std::move(query)); }
  /// Is there an enabled user with the administrator's role everywhere?
  Result<bool> has_administrator() const;

  /// Errors: `invalid` with fields, `conflict` when the name is taken, `forbidden`.
  Result<store::Stored<User>> create(const store::Actor& actor, const Giver& giver, const NewUser& fresh);
  /// The first administrator. Errors: `conflict` when there is one already.
  Result<store::Stored<User>> create_first(const NewUser& fresh);
  /// Errors: `invalid`, `not_found`, `conflict` (another version, or the last administrator), `forbidden`.
  Result<store::Stored<User>> change(const store::Actor& actor, const Giver& giver, const UserChange& change,
                                     std::optional<std::int64_t> expected);
  Result<void> remove(const store::Actor& actor, const Giver& giver, std::string_view id,
                      std::optional<std::int64_t> expected);

  /// The user when the password fits; nothing for an unknown name, a wrong password and a disabled user alike, at the
  /// same cost. Errors: `unavailable`.
  Result<std::optional<User>> check(std::string_view name, std::string_view password);
  /// Ends all sessions of the user. Errors: `invalid` with fields.
  Result<void> set_password(const store::Actor& actor, const User& user, std::string_view password);

 private:
  Result<void> check_roles(const std::vector<RoleGrant>& roles) const;
  Result<store::Stored<User>> insert(const store::Actor& actor, const NewUser& fresh, bool first);

  store::Store& store_;
  store::Collection<User> users_;
  store::Collection<Credential> credentials_;
  PasswordHasher hasher_;
};

/// Ends the sessions of a user within a change of the user.
Result<void> end_sessions(store::Transaction& transaction, std::string_view user);

}  // namespace hanse::node
