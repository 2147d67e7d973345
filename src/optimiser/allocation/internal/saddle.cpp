#include "optimiser/allocation/internal/saddle.hpp"

#include <algorithm>
#include <cmath>

namespace hanse::optimiser::allocation::internal {
namespace {

void add_to(std::vector<float>& sum, const std::vector<float>& value) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += value[i];
}
std::vector<float> mean(const std::vector<float>& sum, const std::vector<float>& last, std::size_t count) {
  if (count == 0) return last;
  std::vector<float> out = sum;
  const auto part = 1 / static_cast<float>(count);
  for (auto& value : out) value *= part;
  return out;
}
void clear(std::vector<float>& values) { std::fill(values.begin(), values.end(), 0.0F); }

}  // namespace

Saddle::Saddle(const Model& m, std::size_t threads)
    : m_(m),
      team_(threads),
      made_(m.count * m.weeks),
      made_sum_(made_.size()),
      moved_(m.flows.size() * m.weeks),
      moved_sum_(moved_.size()),
      bought_(m.markets.size() * m.weeks),
      bought_sum_(bought_.size()),
      delivered_(m.dues.size() * m.weeks),
      delivered_sum_(delivered_.size()),
      stock_(m.places() * m.weeks),
      stock_sum_(stock_.size()),
      backlog_(m.dues.size() * m.weeks),
      backlog_sum_(backlog_.size()),
      net_(stock_.size()),
      due_net_(delivered_.size()),
      price_(m.places() * m.padded),
      price_sum_(price_.size()),
      due_price_(delivered_.size()),
      due_price_sum_(delivered_.size()),
      over_(m.rows.size()),
      over_sum_(over_.size()),
      under_(over_.size()),
      under_sum_(over_.size()),
      side_cost_(m.count),
      row_value_(m.rows.size()),
      sigma_(stock_.size()),
      due_sigma_(delivered_.size(), 1.0F / 3),
      row_sigma_(m.rows.size(), 1),
      parts_(team_.size()) {
  for (auto& part : parts_) {
    part.used.resize(m.groups() * m.weeks);
    part.made.resize(m.places() * m.padded);
  }
  // Diagonal steps of Pock and Chambolle (2011): one over the sum of a row's coefficients.
  std::vector<double> sums(stock_.size(), 2.0);
  for (std::size_t e = 0; e < m.count; ++e) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      if (m.most[e * m.weeks + t] <= 0) continue;
      for (const auto& need : m.inputs[m.group[e] / m.zones])
        sums[(need.item * m.zones + m.group[e] % m.zones) * m.weeks + t] += need.quantity;
      sums[m.place[e] * m.weeks + t + m.lead[e]] += m.yield[e];
    }
  }
  for (const auto& flow : m.flows) {
    for (std::uint32_t t = 0; t + flow.lead < m.weeks; ++t) {
      sums[flow.from * m.weeks + t] += 1;
      sums[flow.to * m.weeks + t + flow.lead] += 1;
    }
  }
  for (const auto& market : m.markets) {
    for (std::uint32_t t = 0; t + market.lead < m.weeks; ++t) sums[market.place * m.weeks + t + market.lead] += 1;
  }
  for (const auto& due : m.dues) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) sums[due.place * m.weeks + t] += 1;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sigma_[i] = static_cast<float>(1 / sums[i]);
  for (std::size_t r = 0; r < m.rows.size(); ++r) {
    double sum = 0;
    for (const auto& [e, weight] : m.rows[r].terms) sum += static_cast<double>(weight) * m.weeks;
    row_sigma_[r] = static_cast<float>(1 / std::max(1.0, sum));
  }
  // A price of 1 stands for a unit never delivered, a flow for the weekly need of a zone.
  weight_ = usual_weight_ = 1 / std::max(1.0, m.demand_total / m.weeks / m.zones);
  restart();
}

void Saddle::start_from(const State& state) {
  made_ = state.made;
  moved_ = state.moved;
  bought_ = state.bought;
  delivered_ = state.delivered;
  since_restart_ = 0;
  restart();
}

void Saddle::start_from(const Prices& prices) {
  price_ = prices.item;
  over_ = prices.over;
  under_ = prices.under;
  since_restart_ = 0;
  restart();
}

State Saddle::mean_state() const {
  State out{m_};
  out.made = mean(made_sum_, made_, since_restart_);
  out.moved = mean(moved_sum_, moved_, since_restart_);
  out.bought = mean(bought_sum_, bought_, since_restart_);
  out.delivered = mean(delivered_sum_, delivered_, since_restart_);
  return out;
}

Prices Saddle::mean_prices() const {
  Prices out{m_};
  out.item = mean(price_sum_, price_, since_restart_);
  out.over = mean(over_sum_, over_, since_restart_);
  out.under = mean(under_sum_, under_, since_restart_);
  return out;
}

Prices Saddle::last_prices() const {
  Prices out{m_};
  out.item = price_;
  out.over = over_;
  out.under = under_;
  return out;
}

void Saddle::restart() {
  if (since_restart_ > 0) {
    auto state = mean_state();
    auto prices = mean_prices();
    double moved = 0, priced = 0;
    for (std::size_t i = 0; i < made_.size(); ++i)
      moved += static_cast<double>(state.made[i] - anchor_made_[i]) * (state.made[i] - anchor_made_[i]);
    for (std::size_t i = 0; i < price_.size(); ++i)
      priced += static_cast<double>(prices.item[i] - anchor_price_[i]) * (prices.item[i] - anchor_price_[i]);
    if (moved > 0 && priced > 0) {
      const double wanted = std::sqrt(std::sqrt(priced) / std::sqrt(moved) / weight_);  // Half way, on a log scale.
      // Unbounded it runs away when one side stands still for a while.
      weight_ = std::clamp(weight_ * std::clamp(wanted, 1 / 1.5, 1.5), usual_weight_ / 8, usual_weight_ * 8);
    }
    made_ = std::move(state.made);
    moved_ = std::move(state.moved);
    bought_ = std::move(state.bought);
    delivered_ = std::move(state.delivered);
    stock_ = mean(stock_sum_, stock_, since_restart_);
    backlog_ = mean(backlog_sum_, backlog_, since_restart_);
    due_price_ = mean(due_price_sum_, due_price_, since_restart_);
    price_ = std::move(prices.item);
    over_ = std::move(prices.over);
    under_ = std::move(prices.under);
  }
  for (auto* sum : {&made_sum_, &moved_sum_, &bought_sum_, &delivered_sum_, &stock_sum_, &backlog_sum_, &price_sum_,
                    &due_price_sum_, &over_sum_, &under_sum_}) {
    clear(*sum);
  }
  since_restart_ = 0;
  anchor_made_ = made_;
  anchor_price_ = price_;
}

void Saddle::iterate(std::size_t iterations) {
  const std::function<void(std::size_t)> primal = [this](std::size_t thread) {
    step_pools(thread);
    step_items(thread);
  };
  const std::function<void(std::size_t)> dual = [this](std::size_t thread) { step_prices(thread); };
  for (std::size_t i = 0; i < iterations; ++i) {
    price_inputs(m_, price_, input_price_);
    clear(side_cost_);
    for (std::size_t r = 0; r < m_.rows.size(); ++r) {
      for (const auto& [e, weight] : m_.rows[r].terms) side_cost_[e] += (over_[r] - under_[r]) * weight;
    }
    team_.run(primal);
    step_dues();
    team_.run(dual);
    step_rows();
    ++since_restart_;
    add_to(price_sum_, price_);
    add_to(due_price_sum_, due_price_);
    add_to(over_sum_, over_);
    add_to(under_sum_, under_);
  }
}

void Saddle::step_pools(std::size_t thread) {
  auto& part = parts_[thread];
  clear(part.used);
  clear(part.made);
  const auto pools = m_.pool_begin.size() - 1;
  std::size_t widest = 1;
  const auto begin = pools * thread / team_.size(), end = pools * (thread + 1) / team_.size();
  for (auto k = begin; k < end; ++k) widest = std::max<std::size_t>(widest, m_.pool_begin[k + 1] - m_.pool_begin[k]);
  std::vector<float> scratch((widest + 1) * m_.weeks);
  for (auto k = begin; k < end; ++k) step_pool(k, part, scratch.data());
}

/// Gradient step of a pool's activities, then projection onto its hours: all of them give way by the same price of an
/// hour.
void Saddle::step_pool(std::size_t k, Part& part, float* scratch) {
  const auto weeks = m_.weeks;
  const auto first = m_.pool_begin[k], last = m_.pool_begin[k + 1];
  const auto primal = static_cast<float>(1 / weight_);
  float* worked = scratch;
  std::fill(worked, worked + weeks, 0.0F);
  for (auto e = first; e < last; ++e) {
    float* next = scratch + (e - first + 1) * weeks;
    const float* in = &input_price_[m_.group[e] * weeks];
    const float* out = &price_[m_.place[e] * m_.padded + m_.lead[e]];
    const float* now = &made_[e * weeks];
    const float* most = &m_.most[e * weeks];
    const float step = m_.step[e] * primal, cost = m_.cost[e] + side_cost_[e], yield = m_.yield[e], hours = m_.hours[e];
    for (std::uint32_t t = 0; t < weeks; ++t) {
      const float wanted = now[t] - step * (cost + in[t] - yield * out[t]);
      next[t] = wanted;
      worked[t] += hours * std::min(std::max(wanted, 0.0F), most[t]);
    }
  }
  for (std::uint32_t t = 0; t < weeks; ++t) {
    const float capacity = m_.capacity[k * weeks + t];
    if (worked[t] <= capacity) continue;
    if (last - first == 1) {  // Most pools make one thing: no search.
      const float step = m_.step[first] * primal * m_.hours[first], usual = capacity / m_.hours[first];
      float& wanted = scratch[weeks + t];
      wanted = std::max(
          usual, std::min(wanted - m_.overtime_cost[k] * step, usual + m_.overtime[k * weeks + t] / m_.hours[first]));
      continue;
    }
    const auto hours_at = [&](float price) {
      float sum = 0;
      for (auto e = first; e < last; ++e) {
        const float wanted = scratch[(e - first + 1) * weeks + t] - price * m_.step[e] * primal * m_.hours[e];
        sum += m_.hours[e] * std::clamp(wanted, 0.0F, m_.most[e * weeks + t]);
      }
      return sum;
    };
    const auto price_for = [&](float target) {
      float low = 0, high = 0;
      for (auto e = first; e < last; ++e) {
        high = std::max(high, scratch[(e - first + 1) * weeks + t] / (m_.step[e] * primal * m_.hours[e]));
      }
      float at_low = hours_at(low), at_high = 0;
      for (int i = 0; i < 40 && at_low - at_high > 1e-6F * at_low && high - low > 1e-7F * high; ++i) {
        // Regula falsi, with halving now and then: the function falls piece by piece in straight lines.
        const float middle =
            i % 3 == 2 ? (low + high) / 2 : low + (high - low) * (at_low - target) / (at_low - at_high);
        const float there = hours_at(middle);
        (there > target ? low : high) = middle;
        (there > target ? at_low : at_high) = there;
        if (there <= target && target - there < 1e-5F * target) break;
      }
      return high;
    };
    float price = price_for(capacity);
    const float overtime = m_.overtime[k * weeks + t];
    if (overtime > 0 && price > m_.overtime_cost[k]) {
      price = m_.overtime_cost[k];
      if (hours_at(price) > capacity + overtime) price = price_for(capacity + overtime);
    }
    for (auto e = first; e < last; ++e)
      scratch[(e - first + 1) * weeks + t] -= price * m_.step[e] * primal * m_.hours[e];
  }
  for (auto e = first; e < last; ++e) {
    const float* next = scratch + (e - first + 1) * weeks;
    const float* most = &m_.most[e * weeks];
    float* now = &made_[e * weeks];
    float* sum = &made_sum_[e * weeks];
    float* used = &part.used[m_.group[e] * weeks];
    float* made = &part.made[m_.place[e] * m_.padded + m_.lead[e]];
    const float yield = m_.yield[e];
    for (std::uint32_t t = 0; t < weeks; ++t) {
      const float value = std::min(std::max(next[t], 0.0F), most[t]);
      const float ahead = 2 * value - now[t];
      now[t] = value;
      sum[t] += value;
      used[t] += ahead;
      made[t] += yield * ahead;
    }
  }
}

/// Stock, transport and purchases of a share of the items; also starts the balances with them.
void Saddle::step_items(std::size_t thread) {
  const auto weeks = m_.weeks, zones = m_.zones;
  const auto primal = static_cast<float>(1 / weight_);
  const auto first = static_cast<std::uint32_t>(m_.items * thread / team_.size());
  const auto last = static_cast<std::uint32_t>(m_.items * (thread + 1) / team_.size());
  for (auto i = first; i < last; ++i) {
    for (auto q = i * zones; q < (i + 1) * zones; ++q) {
      const float* price = &price_[q * m_.padded];
      float* net = &net_[q * weeks];
      for (std::uint32_t t = 0; t < weeks; ++t) net[t] = m_.given[q * weeks + t];
      for (std::uint32_t t = 0; t < weeks; ++t) {
        auto& now = stock_[q * weeks + t];
        const float later = t + 1 < weeks ? price[t + 1] : 0;
        const float next = std::max(0.0F, now - primal / 2 * (m_.hold[i] + price[t] - later));
        const float ahead = 2 * next - now;
        now = next;
        stock_sum_[q * weeks + t] += next;
        net[t] -= ahead;
        if (t + 1 < weeks) net[t + 1] += ahead;
      }
    }
    for (auto f = m_.flow_begin[i]; f < m_.flow_begin[i + 1]; ++f) {
      const auto& flow = m_.flows[f];
      const float* from = &price_[flow.from * m_.padded];
      const float* to = &price_[flow.to * m_.padded + flow.lead];
      for (std::uint32_t t = 0; t + flow.lead < weeks; ++t) {
        auto& now = moved_[f * weeks + t];
        const float next = std::max(0.0F, now - primal / 2 * (flow.cost + from[t] - to[t]));
        const float ahead = 2 * next - now;
        now = next;
        moved_sum_[f * weeks + t] += next;
        net_[flow.from * weeks + t] -= ahead;
        net_[flow.to * weeks + t + flow.lead] += ahead;
      }
    }
  }
}

/// Purchases, deliveries and backlogs: few, so on one thread.
void Saddle::step_dues() {
  const auto weeks = m_.weeks;
  const auto primal = static_cast<float>(1 / weight_);
  for (std::size_t w = 0; w < m_.markets.size(); ++w) {
    const auto& market = m_.markets[w];
    for (std::uint32_t t = 0; t + market.lead < weeks; ++t) {
      auto& now = bought_[w * weeks + t];
      const float next = std::clamp(now - primal * (market.cost - price_[market.place * m_.padded + t + market.lead]),
                                    0.0F, market.most);
      net_[market.place * weeks + t + market.lead] += 2 * next - now;
      now = next;
      bought_sum_[w * weeks + t] += next;
    }
  }
  for (std::size_t d = 0; d < m_.dues.size(); ++d) {
    const auto& due = m_.dues[d];
    const auto units = static_cast<float>(m_.set[due.item]);
    float before = 0;
    for (std::uint32_t t = 0; t < weeks; ++t) {
      auto& given = delivered_[d * weeks + t];
      auto& open = backlog_[d * weeks + t];
      const float worth = due_price_[d * weeks + t];
      const float next_given = std::max(0.0F, given - primal / 2 * (price_[due.place * m_.padded + t] - worth));
      const float later = t + 1 < weeks ? due_price_[d * weeks + t + 1] : 0;
      const float cost = static_cast<float>(m_.late + (t + 1 < weeks ? 0 : m_.shortage)) * units;
      const float next_open = std::max(0.0F, open - primal / 2 * (cost - worth + later));
      const float ahead_given = 2 * next_given - given, ahead_open = 2 * next_open - open;
      net_[due.place * weeks + t] -= ahead_given;
      due_net_[d * weeks + t] = ahead_open - before + ahead_given - static_cast<float>(due.quantity[t]);
      before = ahead_open;
      given = next_given;
      open = next_open;
      delivered_sum_[d * weeks + t] += next_given;
      backlog_sum_[d * weeks + t] += next_open;
    }
  }
}

void Saddle::step_prices(std::size_t thread) {
  const auto weeks = m_.weeks, zones = m_.zones;
  const auto dual = static_cast<float>(weight_);
  const auto first = static_cast<std::uint32_t>(m_.items * thread / team_.size());
  const auto last = static_cast<std::uint32_t>(m_.items * (thread + 1) / team_.size());
  for (auto i = first; i < last; ++i) {
    for (std::uint32_t z = 0; z < zones; ++z) {
      const auto q = i * zones + z;
      float* net = &net_[q * weeks];
      for (const auto& part : parts_) {
        for (std::uint32_t t = 0; t < weeks; ++t) net[t] += part.made[q * m_.padded + t];
        for (const auto recipe : m_.users_of[i]) {
          for (const auto& need : m_.inputs[recipe]) {
            if (need.item != i) continue;
            const float* used = &part.used[(recipe * zones + z) * weeks];
            for (std::uint32_t t = 0; t < weeks; ++t) net[t] -= static_cast<float>(need.quantity) * used[t];
          }
        }
      }
      for (std::uint32_t t = 0; t < weeks; ++t) {
        auto& price = price_[q * m_.padded + t];
        price = std::max(0.0F, price - dual * sigma_[q * weeks + t] * net[t]);
      }
    }
  }
}

void Saddle::step_rows() {
  const auto dual = static_cast<float>(weight_);
  for (std::size_t i = 0; i < due_price_.size(); ++i)
    due_price_[i] = std::max(0.0F, due_price_[i] - dual * due_sigma_[i] * due_net_[i]);
  for (std::size_t r = 0; r < m_.rows.size(); ++r) {
    double value = 0;
    for (const auto& [e, weight] : m_.rows[r].terms) {
      for (std::uint32_t t = 0; t < m_.weeks; ++t) value += static_cast<double>(weight) * made_[e * m_.weeks + t];
    }
    const auto ahead = static_cast<float>(2 * value) - row_value_[r];
    row_value_[r] = static_cast<float>(value);
    if (std::isfinite(m_.rows[r].max))
      over_[r] = std::max(0.0F, over_[r] + dual * row_sigma_[r] * (ahead - static_cast<float>(m_.rows[r].max)));
    under_[r] = std::clamp(under_[r] + dual * row_sigma_[r] * (static_cast<float>(m_.rows[r].min) - ahead), 0.0F,
                           static_cast<float>(m_.rows[r].min_penalty));
  }
}

}  // namespace hanse::optimiser::allocation::internal
