"""What an operator can do, by one word each: what stands in the audit as an entry's ``kind``.

Words are added, never changed: old entries keep theirs. What each is called stands in ``words/<lang>/ops_kinds.toml``.
"""

from typing import Final

KINDS: Final[frozenset[str]] = frozenset(
    {
        # who the operators are, and what they looked for
        *("operator_added", "operator_ended", "searched", "package_seen"),
        # customers: every look at them, too
        *("customers_sought", "customer_seen", "customer_opened", "customer_exported", "customer_erased"),
        *("registration_given", "account_given"),
        # orders and money
        *("order_seen", "order_cancelled", "line_cancelled", "order_remade", "order_refunded", "payment_noted"),
        *("refund_given", "payment_message_settled"),
        *("step_noted", "tab_given", "tab_ended"),
        # plans
        *("plan_seen", "plan_paused", "plan_resumed", "plan_ended"),
        # the catalogue and terms
        *("draft_changed", "draft_dropped", "catalogue_published", "terms_changed"),
        # tenants, stores, stations
        *("tenant_added", "tenant_changed", "tenant_key_made", "tenant_revoked", "quota_changed"),
        *("store_added", "store_changed", "enrol_code_made", "cards_changed"),
        *("station_held", "station_released", "station_revoked"),
        # contested packages, parked events
        *("contested_seen", "package_decided"),
        *("parked_seen", "parked_retried", "parked_corrected", "parked_closed"),
        # jobs, storage, mail
        *("jobs_retried", "jobs_dropped", "renditions_wanted", "lane_paused", "lane_resumed"),
        *("reservation_ended", "objects_collected", "objects_scrubbed"),
        *("message_seen", "message_retried", "message_dropped"),
    }
)
