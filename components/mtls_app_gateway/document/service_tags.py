"""Names of Azure's service tags, to see a misspelt one.

Source: Microsoft, Virtual network service tags. The list grows: a name that is not here may be a tag all the same, so
what is no near miss of a known one is taken as it is.
"""

from difflib import get_close_matches

_TAGS = """
ActionGroup ApiManagement AppConfiguration AppService AppServiceManagement ApplicationInsightsAvailability
AutonomousDevelopmentPlatform AzureActiveDirectory AzureActiveDirectoryDomainServices AzureAdvancedThreatProtection
AzureArcInfrastructure AzureAttestation AzureBackup AzureBotService AzureCloud AzureCognitiveSearch AzureConnectors
AzureContainerAppsService AzureContainerRegistry AzureCosmosDB AzureDataExplorerManagement AzureDataLake
AzureDatabricks AzureDevOps AzureDevSpaces AzureDeviceUpdate AzureDigitalTwins AzureEventGrid AzureFrontDoor
AzureHealthcareAPIs AzureInformationProtection AzureIoTHub AzureKeyVault AzureLoadBalancer
AzureLoadTestingInstanceManagement AzureMachineLearning AzureMachineLearningInference AzureManagedGrafana
AzureMonitor AzureMonitorForSAP AzureOpenDatasets AzurePlatformDNS AzurePlatformIMDS AzurePlatformLKM AzurePortal
AzureRemoteRendering AzureResourceManager AzureSecurityCenter AzureSentinel AzureSignalR AzureSiteRecovery
AzureSphere AzureSpringCloud AzureStack AzureTrafficManager AzureUpdateDelivery AzureWebPubSub BatchNodeManagement
ChaosStudio CognitiveServicesFrontend CognitiveServicesManagement ContainerAppsManagement DataFactory
DataFactoryManagement Dynamics365BusinessCentral Dynamics365ForMarketingEmail Dynamics365FraudProtection
EOPExternalPublishedIPs EventHub GatewayManager Grafana GuestAndHybridManagement HDInsight Internet KustoAnalytics
LogicApps LogicAppsManagement M365ManagementActivityApi M365ManagementActivityApiWebhook Marketplace
MicrosoftAzureFluidRelay MicrosoftCloudAppSecurity MicrosoftContainerRegistry MicrosoftDefenderForEndpoint
MicrosoftPurviewPolicyDistribution OneDsCollector PowerBI PowerPlatformInfra PowerPlatformPlex PowerQueryOnline
SCCservice Scuba SecurityCopilot SerialConsole ServiceBus ServiceFabric Sql SqlManagement Storage StorageMover
StorageSyncService VideoIndexer VirtualDesktop VirtualNetwork WindowsAdminCenter WindowsVirtualDesktop
"""
# Without the part behind the dot, which names a region or a part of the service.
_NEAR = 0.85
"""How alike two names must be for one to be taken for a slip in the other."""
_BY_LOWER_CASE = {tag.lower(): tag for tag in _TAGS.split()}


def meant_tag(given: str) -> str | None:
    """The known service tag that an unknown name is a near miss of; None where it is known, or like none."""
    name, dot, part = given.partition(".")
    if name.lower() in _BY_LOWER_CASE:
        return None
    near = get_close_matches(name.lower(), _BY_LOWER_CASE, n=1, cutoff=_NEAR)
    return f"{_BY_LOWER_CASE[near[0]]}{dot}{part}" if near else None
