"""Every source. A vendor is added by its own module and one line here."""

from flowmeter.config import Config
from ingest import event_log, shopify, survey, zendesk_csv, zendesk_json
from ingest.source import Source


def sources(config: Config) -> tuple[Source, ...]:
    """The sources of this shop: the vendors', and those that config/sources.yml maps."""
    return (
        *zendesk_json.SOURCES,
        zendesk_csv.SOURCE,
        *shopify.SOURCES,
        *(survey.SurveyFile(each) for each in config.sources.surveys),
        *(event_log.EventLogFile(each) for each in config.sources.event_logs),
    )
