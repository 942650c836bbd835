dashboard-title = Dashboard
